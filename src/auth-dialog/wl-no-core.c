/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-no-core.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void
wl_no_core(void)
{
    struct rlimit no_core = {0, 0};

    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &no_core);
}
