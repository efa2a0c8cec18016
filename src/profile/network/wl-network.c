/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network as the file of its hub describes it: its prefixes, its members and the next free
 * address. A host number is the part of an address after the prefix, the same in each network.
 * Errors are of WL_PROFILE_ERROR, name the remedy, and are translated for the editor.
 */
#include "wl-network.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-profile-error.h"
#include "wl-profile-extra.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

#define KEEPALIVE 25 /* s; NAT mappings last for at least 30 s */

/* ---- arithmetic ---------------------------------------------------------------------------- */

/* Bits of the host number. Of an IPv6 network only the first /65 is used, so that 63 bits suffice.
 */
static guint
host_bits(const WlPrefix *network)
{
    return MIN((guint) wl_prefix_max_length(network) - network->length, 63);
}

static guint64
last_host(const WlPrefix *network)
{
    guint64 size = (guint64) 1 << host_bits(network);

    /* The last IPv4 address of a network is its broadcast address. */
    return network->ip.family == WL_FAMILY_V4 ? size - 2 : size - 1;
}

static WlIp
host_ip(const WlPrefix *network, guint64 host)
{
    WlIp ip = wl_prefix_masked(network).ip;

    for (gsize i = wl_ip_size(&ip); host > 0; host >>= 8)
        ip.bytes[--i] |= (guint8) (host & 0xff);
    return ip;
}

static guint64
host_of(const WlPrefix *network, const WlIp *ip)
{
    guint64 low = 0;
    gsize size = wl_ip_size(ip);

    for (gsize i = size - MIN(size, 8); i < size; i++)
        low = low << 8 | ip->bytes[i];
    return low & (((guint64) 1 << host_bits(network)) - 1);
}

char *
wl_network_host(const WlPrefix *network, guint64 host, gboolean alone)
{
    WlPrefix prefix = {.ip = host_ip(network, host), .length = network->length};

    if (alone)
        prefix.length = wl_prefix_max_length(network);
    return wl_prefix_to_string(&prefix);
}

/* The first free host number from @host on; @taken: prefixes in use. G_MAXUINT64: none. */
static guint64
skip_taken(const WlPrefix *network, const GArray *taken, guint64 host)
{
    gboolean moved;

    do {
        moved = FALSE;
        for (guint i = 0; i < taken->len; i++) {
            const WlPrefix *prefix = &g_array_index(taken, WlPrefix, i);
            WlIp ip = host_ip(network, host);
            guint bits;

            /* A prefix that covers the network belongs to a router. */
            if (prefix->length <= network->length || !wl_prefix_contains_ip(prefix, &ip))
                continue;
            bits = (guint) wl_prefix_max_length(prefix) - prefix->length;
            if (bits >= host_bits(network))
                return G_MAXUINT64;
            host = (host_of(network, &ip) | (((guint64) 1 << bits) - 1)) + 1;
            if (host > last_host(network))
                return G_MAXUINT64;
            moved = TRUE;
        }
    } while (moved);
    return host;
}

static void
add_prefixes(GArray *taken, const GPtrArray *texts, gboolean addresses)
{
    for (guint i = 0; i < texts->len; i++) {
        WlPrefix prefix;

        if (!wl_prefix_parse(texts->pdata[i], &prefix))
            continue;
        if (addresses)
            prefix = wl_prefix_from_ip(&prefix.ip);
        g_array_append_val(taken, prefix);
    }
}

gboolean
wl_network_next(const GArray *networks, const WlProfile *profile, guint64 *host, GError **error)
{
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    guint64 found = 1;
    gboolean moved;

    add_prefixes(taken, profile->addresses, TRUE);
    for (guint i = 0; i < profile->peers->len; i++)
        add_prefixes(taken, ((WlProfilePeer *) profile->peers->pdata[i])->allowed_ips, FALSE);
    /* Each pass that moves skips a prefix in use. */
    g_array_sort(taken, wl_prefix_compare);
    do {
        moved = FALSE;
        for (guint i = 0; i < networks->len; i++) {
            const WlPrefix *network = &g_array_index(networks, WlPrefix, i);
            guint64 next = skip_taken(network, taken, found);

            if (next > last_host(network)) {
                g_autofree char *text = wl_prefix_to_string(network);

                g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                            _("no free address in %s; remove a member or use a shorter prefix"),
                            text);
                return FALSE;
            }
            moved |= next != found;
            found = next;
        }
    } while (moved);
    *host = found;
    return TRUE;
}

/* ---- networks ------------------------------------------------------------------------------ */

static gboolean
add_network(GArray *networks, WlPrefix network, GError **error)
{
    g_autofree char *text = NULL;

    network = wl_prefix_masked(&network);
    text = wl_prefix_to_string(&network);
    /* Room for the hub and a member besides network and broadcast address. */
    if (network.length < 8 || network.length + 2 > wl_prefix_max_length(&network)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                    _("%s is not a network for members; use a prefix length from 8 to %u, such as "
                      "10.77.0.0/24 or fd77::/64"),
                    text, wl_prefix_max_length(&network) - 2);
        return FALSE;
    }
    for (guint i = 0; i < networks->len; i++) {
        const WlPrefix *other = &g_array_index(networks, WlPrefix, i);

        if (wl_prefix_overlaps(&network, other)) {
            g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_CONFLICT,
                        _("%s overlaps another network; remove one of them"), text);
            return FALSE;
        }
    }
    g_array_append_val(networks, network);
    return TRUE;
}

gboolean
wl_network_parse(const char *text, GArray *networks, GError **error)
{
    const WlProfileKey *key =
        wl_profile_keys_of_field(WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, networks));
    g_autoptr(WlProfile) scratch = wl_profile_new();

    if (!wl_profile_value_parse(key, text, FALSE, scratch, error))
        return FALSE;
    for (guint i = 0; i < scratch->networks->len; i++) {
        WlPrefix network;

        if (!wl_prefix_parse(scratch->networks->pdata[i], &network) ||
            !add_network(networks, network, error))
            return FALSE;
    }
    if (networks->len)
        return TRUE;
    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_MISSING,
                _("no network given; write one such as 10.77.0.0/24"));
    return FALSE;
}

gboolean
wl_network_of(const WlProfile *profile, GArray *networks, GError **error)
{
    for (guint i = 0; i < profile->addresses->len; i++) {
        WlPrefix prefix;
        gboolean known = FALSE;

        if (!wl_prefix_parse(profile->addresses->pdata[i], &prefix))
            continue;
        prefix = wl_prefix_masked(&prefix);
        for (guint j = 0; j < networks->len; j++)
            known |= wl_prefix_equal(&prefix, &g_array_index(networks, WlPrefix, j));
        if (!known && !add_network(networks, prefix, error)) {
            g_prefix_error(error, "Address: ");
            return FALSE;
        }
    }
    return TRUE;
}

char *
wl_network_endpoint(const char *text, GError **error)
{
    const WlProfileKey *key =
        wl_profile_keys_of_field(WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, endpoints));
    g_autoptr(WlProfilePeer) scratch = wl_profile_peer_new();
    g_autofree char *whole = NULL;
    WlIp ip;

    if (wl_ip_parse(text, &ip) && ip.family == WL_FAMILY_V6)
        whole = g_strdup_printf("[%s]:%u", text, WL_NETWORK_DEFAULT_PORT);
    else if (!strchr(text, ':') || g_str_has_suffix(text, "]"))
        whole = g_strdup_printf("%s:%u", text, WL_NETWORK_DEFAULT_PORT);
    else
        whole = g_strdup(text);
    if (!wl_profile_value_parse(key, whole, FALSE, scratch, error))
        return NULL;
    if (scratch->endpoints->len == 1)
        return g_strdup(scratch->endpoints->pdata[0]);
    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                _("expected one endpoint, such as hub.example.net:51820"));
    return NULL;
}

gboolean
wl_network_check_name(const char *name, GError **error)
{
    const WlProfileKey *key =
        wl_profile_keys_of_field(WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, name));
    g_autoptr(WlProfile) scratch = wl_profile_new();
    gsize length = strlen(name);

    if (!wl_profile_value_parse(key, name, FALSE, scratch, error))
        return FALSE;
    /* It also names a file, and is the value of a line. */
    if (length == 0 || length > 63 || strchr(name, '/') || name[0] == '.' || name[0] == '-' ||
        g_ascii_isspace(name[0]) || g_ascii_isspace(name[length - 1])) {
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
            _("a member name is 1 to 63 bytes without /, and does not start with a dot, a dash or a "
              "space"));
        return FALSE;
    }
    return TRUE;
}

gboolean
wl_network_check_new_name(const WlProfile *profile, const char *name, GError **error)
{
    g_autofree char *wanted = g_utf8_casefold(name, -1);

    for (guint i = 0; i <= profile->peers->len; i++) {
        const char *other = i < profile->peers->len
                                ? ((WlProfilePeer *) profile->peers->pdata[i])->name
                                : profile->name;
        g_autofree char *folded = other ? g_utf8_casefold(other, -1) : NULL;

        if (g_strcmp0(folded, wanted) != 0)
            continue;
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_CONFLICT,
                    _("a member named %s already exists; choose another name"), name);
        return FALSE;
    }
    return TRUE;
}

/* ---- members ------------------------------------------------------------------------------- */

WlProfilePeer *
wl_network_hub_peer(const char *public_key, const char *name, const char *endpoint,
                    const GPtrArray *addresses, const GArray *networks)
{
    WlProfilePeer *peer = wl_profile_peer_new();

    peer->public_key = g_strdup(public_key);
    peer->name = g_strdup(name);
    if (endpoint)
        g_ptr_array_add(peer->endpoints, g_strdup(endpoint));
    for (guint i = 0; i < addresses->len; i++) {
        const char *address = addresses->pdata[i];

        g_ptr_array_add(peer->allowed_ips,
                        g_strdup_printf("%.*s/%s", (int) strcspn(address, "/"), address,
                                        strchr(address, ':') ? "128" : "32"));
    }
    for (guint i = 0; i < networks->len; i++)
        g_ptr_array_add(peer->allowed_ips,
                        wl_prefix_to_string(&g_array_index(networks, WlPrefix, i)));
    peer->keepalive = KEEPALIVE;
    return peer;
}

WlProfilePeer *
wl_network_member_peer(const char *public_key, const char *name, const GArray *networks,
                       guint64 host, gboolean basic)
{
    WlProfilePeer *peer = wl_profile_peer_new();

    peer->public_key = g_strdup(public_key);
    peer->name = g_strdup(name);
    peer->basic = basic;
    for (guint i = 0; i < networks->len; i++)
        g_ptr_array_add(peer->allowed_ips,
                        wl_network_host(&g_array_index(networks, WlPrefix, i), host, TRUE));
    return peer;
}

WlProfileFile *
wl_network_member(const char *private_key, const char *name, const GArray *networks, guint64 host)
{
    WlProfileFile *file = wl_profile_file_new();

    file->profile->private_key = g_strdup(private_key);
    file->profile->name = g_strdup(name);
    for (guint i = 0; i < networks->len; i++)
        g_ptr_array_add(file->profile->addresses,
                        wl_network_host(&g_array_index(networks, WlPrefix, i), host, FALSE));
    return file;
}

WlProfileFile *
wl_network_hub(const char *private_key, const char *name, const GArray *networks,
               const char *endpoint)
{
    WlProfileFile *file = wl_network_member(private_key, name, networks, WL_NETWORK_HUB_HOST);
    WlProfile *profile = file->profile;

    profile->role = WL_PROFILE_ROLE_ROUTER;
    profile->listen_port = (guint) g_ascii_strtoull(strrchr(endpoint, ':') + 1, NULL, 10);
    file->has_listen_port = TRUE;
    wl_profile_extra_add(profile->extra, WL_PROFILE_SECTION_WIRELINK, WL_NETWORK_NOTE_ENDPOINT,
                         endpoint);
    return file;
}

const char *
wl_network_noted_endpoint(const WlProfile *hub)
{
    for (guint i = 0; i < hub->extra->len; i++) {
        const WlProfileExtra *item = hub->extra->pdata[i];

        if (!g_ascii_strcasecmp(item->key, WL_NETWORK_NOTE_ENDPOINT))
            return item->value;
    }
    return NULL;
}

WlProfileFile *
wl_network_new_member(const WlNetworkHub *hub, const char *private_key, const char *name,
                      guint64 host)
{
    WlProfileFile *file = wl_network_member(private_key, name, hub->networks, host);
    const WlProfile *profile = hub->profile;

    file->profile->fact_port = profile->fact_port;
    file->profile->mtu = profile->mtu;
    for (guint i = 0; i < profile->networks->len; i++)
        g_ptr_array_add(file->profile->networks, g_strdup(profile->networks->pdata[i]));
    g_ptr_array_add(file->profile->peers,
                    wl_network_hub_peer(hub->public_key, profile->name ? profile->name : "hub",
                                        hub->endpoint, profile->addresses, hub->networks));
    return file;
}
