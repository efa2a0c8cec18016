/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/** Where state files are: `/var/lib/NetworkManager/wirelink`, or the absolute path in the
 * environment variable WIRELINK_STATE. Static or of the environment. */
const char *wl_state_directory(void);
