/* SPDX-License-Identifier: MIT */
#ifndef CALLBACKS_DIARY_H
#define CALLBACKS_DIARY_H

#include "callbacks/transport.h"

#include <cstring>
#include <functional>
#include <string>

/* A protocol that keeps a diary, and may do something in each call. */
struct Diary : protocol {
    Diary() : protocol()
    {
        static const struct protocol_ops all = {
            [](protocol *p, struct transport *t) { of(p)->made(t); },
            [](protocol *p, slice data) { of(p)->received(data); },
            [](protocol *p) { return of(p)->ended(); },
            [](protocol *p, int error) { of(p)->lost(error); },
            [](protocol *p) { of(p)->text += "pause "; },
            [](protocol *p) { of(p)->text += "resume "; },
        };
        ops = &all;
    }
    Diary(const Diary &) = delete;
    static Diary *of(protocol *p)
    {
        return static_cast<Diary *>(p);
    }
    void made(struct transport *made)
    {
        transport = made;
        text += "made ";
        if (when_made)
            when_made();
    }
    void received(slice data)
    {
        bytes += std::string(data.data, data.size);
        text += "data ";
        if (when_received)
            when_received();
    }
    bool ended()
    {
        text += "eof ";
        return keeps_open;
    }
    void lost(int error)
    {
        text += error ? "lost:" + std::string(strerrorname_np(-error)) + " "
                      : "lost ";
        if (when_lost)
            when_lost();
    }
    struct transport *transport = nullptr;
    std::string text, bytes;
    bool keeps_open = false;
    std::function<void()> when_made, when_received, when_lost;
};

#endif
