/* SPDX-License-Identifier: MIT */
/* Stops at the first page that fails. */
#include <stdbool.h>
#include <stdio.h>

static bool fetch(int page)
{
    return page != 3; /* that one is not to be had */
}

int main(void)
{
    int pages = 10, asked = 0;
    while (asked < pages)
        if (!fetch(++asked))
            break;
    printf("%d pages were wanted, %d were asked for: %d were given up with a "
           "page that has nothing to do with them.\n",
           pages, asked, pages - asked);
}
