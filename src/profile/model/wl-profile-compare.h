/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Compares profiles. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* Whether both profiles are the same. The order of peers counts; their numbers and the warnings do
 * not. */
gboolean wl_profile_equal(const WlProfile *a, const WlProfile *b);

/* What differs, as text for people without values: "chatty", "endpoint of hub", "new peer laptop",
 * "removed peer 3vUS…". Peers are compared by their public keys. An array of char *; empty if
 * nothing differs. */
GPtrArray *wl_profile_list_changes(const WlProfile *before, const WlProfile *after);

G_END_DECLS
