/* SPDX-License-Identifier: MIT */
/* Three pages of 20 ms each, one after another: what the clock says. */
#include "base/nanos.h"

#include <stdio.h>

int main(void)
{
    nanos page = 20 * NANOS_PER_MILLISECOND, waited = 0;
    for (int i = 1; i <= 3; i++) {
        waited += page;
        printf("page %d is there after %d ms\n", i,
               (int)(waited / NANOS_PER_MILLISECOND));
    }
}
