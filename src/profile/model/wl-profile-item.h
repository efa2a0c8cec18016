/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Parses one item of a list: an address, prefix, endpoint, pattern, DNS server or domain. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

/* @item in the canonical form of the list type of @key, owned by the caller; NULL on error. Errors
 * (WL_PROFILE_ERROR_VALUE) state cause and remedy without the key. */
char *wl_profile_item_parse(const WlProfileKey *key, const char *item, GError **error);

G_END_DECLS
