/* SPDX-License-Identifier: MIT */
/* The commands around lessons. Each returns the exit code: 0; 1 when a check
 * has not passed; 2 for a call that makes no sense, after saying so. */
#ifndef LESSONS_TOOL_COMMANDS_H
#define LESSONS_TOOL_COMMANDS_H

#include "lessons/tool/place.h"

int learn_main(const struct place *place, int argc, char **argv);
int check_main(const struct place *place, int argc, char **argv);
int status_main(const struct place *place, int argc, char **argv);
int hint_main(const struct place *place, int argc, char **argv);
int list_main(const struct place *place, int argc, char **argv);
int start_main(const struct place *place, int argc, char **argv);
int next_main(const struct place *place, int argc, char **argv);
int reset_main(const struct place *place, int argc, char **argv);
int restore_main(const struct place *place, int argc, char **argv);
int solution_main(const struct place *place, int argc, char **argv);
int diff_main(const struct place *place, int argc, char **argv);
int play_main(const struct place *place, int argc, char **argv);
int predict_main(const struct place *place, int argc, char **argv);
int wrong_main(const struct place *place, int argc, char **argv);
int agenda_main(const struct place *place, int argc, char **argv);
int notes_main(const struct place *place, int argc, char **argv);
int room_main(const struct place *place, int argc, char **argv);
int race_mine_main(const struct place *place, int argc, char **argv);
int new_main(const struct place *place, int argc, char **argv);
int lesson_main(const struct place *place, int argc, char **argv);

#endif
