/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-edit.h"

/** Networks behind members in a profile. Pure functions; results are freed with g_free(). */

/** @text as a prefix without host bits, "192.168.2.0/24"; NULL with *error if it is none, or a
 * default route. */
char *wl_lan_parse(const char *text, GError **error);
/** TRUE if @list (of char *) has @prefix. */
gboolean wl_lan_is_in(const GPtrArray *list, const char *prefix);
/** FALSE with *error if @prefix overlaps the network of one of the addresses of @profile. */
gboolean wl_lan_check(const WlProfile *profile, const char *prefix, GError **error);
/** @list with @prefix, or without it, separated by blanks. */
char *wl_lan_with(const GPtrArray *list, const char *prefix);
char *wl_lan_without(const GPtrArray *list, const char *prefix);
/** The value of "networks" of @profile with @prefix: those that it has, or its default. */
char *wl_lan_networks_with(const WlProfile *profile, const char *prefix);
