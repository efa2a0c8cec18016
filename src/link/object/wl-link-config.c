/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of a link: its checks and its copies. A copy owns its strings and its private
 * key; freeing the copy wipes the key. Errors are of WL_LINK_ERROR and name the invalid value.
 */
#include "wl-link-config.h"

#include <net/if.h>
#include <string.h>

#include "wl-link-error.h"

/* The kernel removes IPv6 from an interface with a smaller MTU (IPV6_MIN_MTU, net/ipv6/addrconf.c).
 */
#define MIN_MTU 1280
#define MAX_MTU 65535

gboolean
wl_link_config_check(const WlLinkConfig *config, GError **error)
{
    const char *name = config->name ? config->name : "";
    gsize length = strlen(name);
    gboolean valid = length > 0 && length < IFNAMSIZ && !g_str_equal(name, ".") &&
                     !g_str_equal(name, "..") && name[0] != '-' && !strchr(name, '%');

    for (gsize i = 0; i < length && valid; i++)
        valid = g_ascii_isgraph(name[i]) && !strchr("/:", name[i]);
    if (!valid) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "\"%s\" is not a valid interface name; use 1 to 15 letters, digits or -._, "
                    "not starting with -",
                    name);
        return FALSE;
    }
    if (!config->uuid || !*config->uuid || strlen(config->uuid) > 64) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "interface \"%s\" requires the UUID of its profile", name);
        return FALSE;
    }
    if (config->mtu < MIN_MTU || config->mtu > MAX_MTU) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "MTU %u of interface \"%s\" is not between %d and %d", config->mtu, name,
                    MIN_MTU, MAX_MTU);
        return FALSE;
    }
    return TRUE;
}

WlLinkConfig *
wl_link_config_copy(const WlLinkConfig *config)
{
    WlLinkConfig *copy = g_new0(WlLinkConfig, 1);

    copy->name = g_strdup(config->name);
    copy->uuid = g_strdup(config->uuid);
    copy->private_key = wl_key_copy(config->private_key);
    copy->listen_port = config->listen_port;
    copy->mtu = config->mtu;
    copy->wireguard_go = g_strdup(config->wireguard_go);
    copy->fwmark = config->fwmark;
    return copy;
}

void
wl_link_config_free(WlLinkConfig *config)
{
    if (!config)
        return;
    g_free((char *) config->name);
    g_free((char *) config->uuid);
    wl_key_wipe((WlKey *) config->private_key);
    g_free((WlKey *) config->private_key);
    g_free((char *) config->wireguard_go);
    g_free(config);
}
