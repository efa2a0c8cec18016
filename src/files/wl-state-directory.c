/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "wl-state-directory.h"

#include <glib.h>

/* Below a directory of NetworkManager, whose label SELinux lets its services write. */
#define FOLDER "/var/lib/NetworkManager/wirelink"

const char *
wl_state_directory(void)
{
    const char *other = g_getenv("WIRELINK_STATE");

    return other && g_path_is_absolute(other) ? other : FOLDER;
}
