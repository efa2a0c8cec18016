/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Compares profiles. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* Whether both profiles are the same. The order of peers counts; their numbers and the warnings do
 * not. */
gboolean wl_profile_equal(const WlProfile *a, const WlProfile *b);

G_END_DECLS
