/* SPDX-License-Identifier: MIT */
/* `predict`: first say what you think, then see it happen. */
#include "lessons/tool/commands.h"

#include "lessons/tool/session.h"
#include "lessons/tool/show.h"
#include "lessons/tool/style.h"

#include <stdio.h>

/* ---- predict ---- */

static const struct predict *prediction(const struct session *session)
{
    return &session->lesson->steps[session->step].predict;
}

static int ask(struct session *session)
{
    char answer[256];
    style_print(prediction(session)->question, 0);
    printf("\n> ");
    fflush(stdout);
    if (!fgets(answer, sizeof answer, stdin))
        return 1;
    answer[strcspn(answer, "\n")] = '\0';
    if (!answer[0])
        return 1;
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
    if (!progress_count(&session->progress, "predicted", session->lesson->name,
                        session->step)) {
        puts("Say first what you think: ./lab predict");
        return 1;
    }
    style_print(predict->question, 0);
    puts("");
    if (predict->program && show_program(session, predict->program))
        return 1;
    printf("\nThe answer: %s%s.%s\n", style_on(STYLE_STRONG), predict->answer,
           style_off());
    if (predict->because)
        style_print(predict->because, 0);
    return 0;
}

static int predict(struct session *session)
{
    if (!prediction(session)->question) {
        puts("This step has no question.");
        return 0;
    }
    return ask(session);
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
