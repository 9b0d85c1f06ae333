/* SPDX-License-Identifier: MIT */
/* The functions that replace the watched calls: each has the type of the call
 * that it replaces. */
#ifndef LESSONS_CHECK_CALLS_YOURS_H
#define LESSONS_CHECK_CALLS_YOURS_H

#include "lessons/check/calls_internal.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* In glibc an address of a socket has a type of its own that is any of several
 * pointers; in the definitions it is the one that the manual names. */
#pragma GCC diagnostic ignored "-Wpedantic"

#define CALL(name) extern __typeof__(name) yours_##name;
#include "lessons/check/calls.def"
#undef CALL

#endif
