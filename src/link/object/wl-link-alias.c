/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that mark our interfaces: the alias with the profile's UUID, and the temporary name
 * of a kernel link that has no alias yet. Pure functions.
 */
#include "wl-link-alias.h"

#include <net/if.h>

char *
wl_link_alias(const char *uuid)
{
    return g_strconcat(WL_LINK_ALIAS_PREFIX, uuid, NULL);
}

void
wl_link_temporary_name(const char *uuid, char *name)
{
    g_snprintf(name, IF_NAMESIZE, WL_LINK_TEMPORARY_PREFIX "%.8s", uuid);
}
