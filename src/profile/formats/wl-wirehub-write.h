/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Writes WireHub network files. */

#include "wl-format.h"

G_BEGIN_DECLS

/* The network as WireHub reads it; owned by the caller. Everything without a place in the format is
 * added to @losses, also the line of this member without @own_key (NULL). NULL on error. */
char *wl_wirehub_format(const WlProfileFile *file, const char *own_key, WlLosses *losses,
                        GError **error);

G_END_DECLS
