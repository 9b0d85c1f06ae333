/* SPDX-License-Identifier: MIT */
#include "lessons/tool/style.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static bool has_colour(void)
{
    const char *no = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no && *no);
}

const char *style_on(enum style style)
{
    static const char *const codes[] = {"\033[32m", "\033[31m", "\033[2m",
                                        "\033[1m"};
    return has_colour() ? codes[style] : "";
}

const char *style_off(void)
{
    return has_colour() ? "\033[0m" : "";
}
