/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** The alias of each of our interfaces begins with this; the profile's UUID follows. */
#define WL_LINK_ALIAS_PREFIX "wirelink:"

/** Interface names begin with this where the profile sets none. */
#define WL_LINK_NAME_PREFIX "nmwl-"

/**
 * The name of a kernel link between its creation and its alias: RTM_NEWLINK creates a link without
 * an alias, and the service may be killed before it sets one. No profile's link has such a name (a
 * UUID contains no "~"), and NetworkManager leaves it alone as it does nmwl-*.
 */
#define WL_LINK_TEMPORARY_PREFIX "nmwl-~"

/** The alias of the links of profile @uuid; to be freed with g_free(). */
char *wl_link_alias(const char *uuid);
/** @name: room for IF_NAMESIZE bytes. */
void wl_link_temporary_name(const char *uuid, char *name);
