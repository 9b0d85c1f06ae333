/* SPDX-License-Identifier: MIT */
/* The commands of the program `waitlab`. A command is a main() of its own:
 * argv[0] is its name, its options follow, and it returns the exit code. */
#ifndef HARNESS_COMMANDS_H
#define HARNESS_COMMANDS_H

/* The exit code for arguments that make no sense. */
enum { EXIT_USAGE = 2 };

int claims_main(int argc, char **argv);
int diff_main(int argc, char **argv);
int fetch_main(int argc, char **argv);
int ps_main(int argc, char **argv);
int pstree_main(int argc, char **argv);
int race_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int timeline_main(int argc, char **argv);

#endif
