/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* One item of a list: an address, a prefix, an endpoint, a pattern, a DNS server or domain. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

/* @item in its canonical form, which @key as one of a list type says; NULL on error. Errors say
 * what is wrong and what would be right, without the key. */
char *wl_profile_item_parse(const WlProfileKey *key, const char *item, GError **error);

G_END_DECLS
