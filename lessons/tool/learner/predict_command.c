/* SPDX-License-Identifier: MIT */
/* `predict`: first say what you think, then see it happen. */
#include "lessons/tool/commands.h"

#include "lessons/tool/learner/ask.h"
#include "lessons/tool/learner/show.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <stdio.h>

/* ---- predict ---- */

static const struct predict *prediction(const struct session *session)
{
    return &session->lesson->steps[session->step].predict;
}

static bool has_question(const struct session *session)
{
    if (prediction(session)->question)
        return true;
    puts("This step has no question.");
    return false;
}

static int predict(struct session *session)
{
    char answer[256];
    if (!has_question(session))
        return 0;
    style_print(prediction(session)->question, 0);
    if (!ask_line(answer, sizeof answer)) {
        puts("Nothing was noted.");
        return 1;
    }
    progress_note(&session->progress, "predicted", session->lesson->name,
                  session->step, answer);
    if (session_save(session))
        return 1;
    puts("\nNoted. To see it happen:  ./lab predict --reveal");
    return 0;
}

static int reveal(struct session *session)
{
    const struct predict *predict = prediction(session);
    if (!has_question(session))
        return 0;
    struct slice guess = progress_text(&session->progress, "predicted",
                                       session->lesson->name, session->step);
    if (!guess.size) {
        puts("Say first what you think: ./lab predict");
        return 1;
    }
    style_print(predict->question, 0);
    puts("");
    return show_answer(session, guess) ? 1 : 0;
}

int predict_main(const struct place *place, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--reveal")) {
            argv[i] = argv[argc - 1];
            return session_run(place, argc - 1, argv, reveal);
        }
    return session_run(place, argc, argv, predict);
}
