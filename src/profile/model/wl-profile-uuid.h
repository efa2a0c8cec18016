/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The UUID of a profile in a file of wirelinkd, which names its state files. */

#include <glib.h>

G_BEGIN_DECLS

/* The same for each @name on every machine; owned by the caller. */
char *wl_profile_uuid_of_file(const char *name);

G_END_DECLS
