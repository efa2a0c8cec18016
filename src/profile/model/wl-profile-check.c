/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-check.h"

#include <arpa/inet.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-key.h"
#include "wl-profile-error.h"

typedef struct {
    const WlProfile *profile;
    WlProfileCheck flags;
    const WlProfileKey *key;
    guint peer;
    gboolean has_own; /* there is a private key, and this is its public key: */
    WlKey own;
} Check;

#define PROFILE_KEY(field)                                                                         \
    wl_profile_keys_of_field(WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, field))
#define PEER_KEY(field)                                                                            \
    wl_profile_keys_of_field(WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, field))

static guint
peer_number(const WlProfile *profile, guint index)
{
    const WlProfilePeer *peer = profile->peers->pdata[index];

    return peer->number ? peer->number : index + 1;
}

/* "peer 2" or "peer 2 (laptop)" */
static char *
describe_peer(const WlProfile *profile, guint index)
{
    const WlProfilePeer *peer = profile->peers->pdata[index];
    guint number = peer_number(profile, index);

    return peer->name ? g_strdup_printf("peer %u (%s)", number, peer->name)
                      : g_strdup_printf("peer %u", number);
}

static gboolean
secret_is_missing(const Check *check, const char *secret, WlSecretFlags secret_flags)
{
    if (secret)
        return FALSE;
    return (check->flags & WL_PROFILE_CHECK_SECRETS) ||
           ((check->flags & WL_PROFILE_CHECK_STORED_SECRETS) &&
            secret_flags == WL_SECRET_FLAG_NONE);
}

/* For files: NetworkManager stores secrets with flags 0 only and would lose this one silently. */
static gboolean
check_flags(const Check *check, const char *secret, WlSecretFlags secret_flags, GError **error)
{
    if (!(check->flags & WL_PROFILE_CHECK_STORED_SECRETS) || !secret ||
        !(secret_flags & WL_SECRET_FLAG_NOT_REQUIRED))
        return TRUE;
    return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                           "%u means that there is no key, but there is one; write 0 to store it",
                           secret_flags);
}

static gboolean
check_addresses(Check *check, GError **error)
{
    const GPtrArray *addresses = check->profile->addresses;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    check->key = PROFILE_KEY(addresses);
    if (!addresses->len) {
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_MISSING,
            "is missing; add the address of this machine in the network, like 10.77.0.2/24");
    }
    for (guint i = 0; i < addresses->len; i++) {
        const char *address = addresses->pdata[i];
        char *host = g_strndup(address, strcspn(address, "/"));

        if (!g_hash_table_add(seen, host)) {
            return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                                   "%s is listed twice; remove one", host);
        }
    }
    return TRUE;
}

gpointer
wl_profile_take_allowed_ip(GHashTable *owners, const char *prefix, gpointer peer)
{
    gpointer other = g_hash_table_lookup(owners, prefix);

    if (other && other != peer)
        return other;
    g_hash_table_insert(owners, (gpointer) prefix, peer);
    return NULL;
}

/* Reads "address/length"; returns the family, 0 for nonsense. */
static int
parse_prefix(const char *text, guint8 bytes[16], guint *length)
{
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    const char *slash = strchr(text, '/');
    g_autofree char *address = slash ? g_strndup(text, slash - text) : NULL;

    if (!address || inet_pton(family, address, bytes) != 1)
        return 0;
    *length = (guint) g_ascii_strtoull(slash + 1, NULL, 10);
    return *length <= (family == AF_INET ? 32 : 128) ? family : 0;
}

static gboolean
has_same_bits(const guint8 *a, const guint8 *b, guint length)
{
    guint whole = length / 8, rest = length % 8;

    return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

gboolean
wl_profile_may_share_allowed_ip(const WlProfile *profile, const char *prefix)
{
    guint8 bytes[16], own[16];
    guint length, own_length;
    int family = parse_prefix(prefix, bytes, &length);

    if (family == 0 || length <= 1 || length == (family == AF_INET ? 32 : 128))
        return FALSE;
    for (guint i = 0; i < profile->addresses->len; i++) {
        if (parse_prefix(profile->addresses->pdata[i], own, &own_length) == family &&
            own_length >= length && has_same_bits(own, bytes, length))
            return TRUE;
    }
    return FALSE;
}

static gboolean
check_allowed_ips(Check *check, GHashTable *owners, GError **error)
{
    const WlProfile *profile = check->profile;
    WlProfilePeer *peer = profile->peers->pdata[check->peer];

    check->key = PEER_KEY(allowed_ips);
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const char *prefix = peer->allowed_ips->pdata[i];
        gpointer other = wl_profile_take_allowed_ip(owners, prefix, peer);
        g_autofree char *text = NULL;
        guint index;

        if (!other || wl_profile_may_share_allowed_ip(profile, prefix))
            continue;
        g_ptr_array_find(profile->peers, other, &index);
        text = describe_peer(profile, index);
        return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT, WL_PROFILE_ALLOWED_IP_CONFLICT,
                               prefix, text);
    }
    return TRUE;
}

static void
derive_own(Check *check)
{
    WlKey private_key;

    check->has_own = check->profile->private_key &&
                     wl_key_parse(check->profile->private_key, &private_key) &&
                     wl_key_derive_public(&private_key, &check->own);
    wl_key_wipe(&private_key);
}

static gboolean
is_own(const Check *check, const char *text)
{
    WlKey key;

    return check->has_own && wl_key_parse(text, &key) && wl_key_equal(&key, &check->own);
}

static gboolean
check_peer(Check *check, GHashTable *public_keys, GHashTable *prefixes, GError **error)
{
    const WlProfile *profile = check->profile;
    const WlProfilePeer *peer = profile->peers->pdata[check->peer];
    gpointer other;

    check->key = PEER_KEY(public_key);
    if (!peer->public_key) {
        return wl_profile_fail(error, WL_PROFILE_ERROR_MISSING,
                               "is missing; the public key identifies a peer");
    }
    if (g_hash_table_lookup_extended(public_keys, peer->public_key, NULL, &other)) {
        g_autofree char *text = describe_peer(profile, GPOINTER_TO_UINT(other));

        return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                               "is also the key of %s; merge the two peers", text);
    }
    if (g_strcmp0(peer->public_key, profile->private_key) == 0) {
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_CONFLICT,
            "is the private key of this profile; write the public key of the peer");
    }
    if (is_own(check, peer->public_key))
        return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT, WL_PROFILE_OWN_KEY);
    g_hash_table_insert(public_keys, peer->public_key, GUINT_TO_POINTER(check->peer));

    check->key = PEER_KEY(preshared_key);
    if (!(peer->preshared_key_flags & WL_SECRET_FLAG_NOT_REQUIRED) &&
        secret_is_missing(check, peer->preshared_key, peer->preshared_key_flags)) {
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_SECRET,
            "is missing; if this peer has none, set its flags to 4 (not required)");
    }

    check->key = PEER_KEY(preshared_key_flags);
    if (!check_flags(check, peer->preshared_key, peer->preshared_key_flags, error))
        return FALSE;
    return check_allowed_ips(check, prefixes, error);
}

gboolean
wl_profile_is_default_route(const char *prefix)
{
    return g_str_has_suffix(prefix, "/0") || g_str_has_suffix(prefix, "/1");
}

gboolean
wl_profile_find_default_route(const WlProfile *profile, guint *index)
{
    for (*index = 0; *index < profile->peers->len; (*index)++) {
        const WlProfilePeer *peer = profile->peers->pdata[*index];

        for (guint i = 0; i < peer->allowed_ips->len; i++) {
            if (wl_profile_is_default_route(peer->allowed_ips->pdata[i]))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
check_full_tunnel(Check *check, GError **error)
{
    guint peer;

    check->key = PROFILE_KEY(full_tunnel);
    if (check->profile->full_tunnel && !wl_profile_find_default_route(check->profile, &peer)) {
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_CONFLICT,
            "requires a peer that accepts all traffic; add 0.0.0.0/0 or ::/0 to the allowed IPs of one");
    }
    check->key = PROFILE_KEY(kill_switch);
    if (check->profile->kill_switch && !check->profile->full_tunnel) {
        return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                               "requires full-tunnel; set that to yes, too");
    }
    return TRUE;
}

static gboolean
check_shared_networks(Check *check, GError **error)
{
    const WlProfile *profile = check->profile;

    check->key = PROFILE_KEY(shared_networks);
    for (guint i = 0; i < profile->shared_networks->len; i++) {
        if (wl_profile_is_default_route(profile->shared_networks->pdata[i])) {
            return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                                   "%s is everything; set offer-exit to yes instead",
                                   (const char *) profile->shared_networks->pdata[i]);
        }
    }
    return TRUE;
}

static gboolean
check_parts(Check *check, GError **error)
{
    const WlProfile *profile = check->profile;
    g_autoptr(GHashTable) public_keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) prefixes = g_hash_table_new(g_str_hash, g_str_equal);

    check->key = PROFILE_KEY(private_key);
    if (secret_is_missing(check, profile->private_key, profile->private_key_flags)) {
        return wl_profile_fail(error, WL_PROFILE_ERROR_SECRET,
                               "is missing; generate one with \"wirelinkctl genkey\"");
    }
    check->key = PROFILE_KEY(private_key_flags);
    if (!check_flags(check, profile->private_key, profile->private_key_flags, error))
        return FALSE;
    if (!check_addresses(check, error))
        return FALSE;
    /* The WireGuard socket of the kernel is bound to all addresses, including those of the tunnel.
     */
    check->key = PROFILE_KEY(fact_port);
    if (profile->fact_port == profile->listen_port) {
        return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                               "%u is also the listen port; change one of them",
                               profile->fact_port);
    }
    check->key = PEER_KEY(public_key);
    if (!profile->peers->len) {
        return wl_profile_fail(error, WL_PROFILE_ERROR_MISSING,
                               "is missing; a profile needs at least one peer");
    }
    if (profile->peers->len > WL_PROFILE_MAX_PEERS) {
        check->peer = WL_PROFILE_MAX_PEERS;
        return wl_profile_fail(error, WL_PROFILE_ERROR_VALUE,
                               "exceeds the limit of %u peers; remove some", WL_PROFILE_MAX_PEERS);
    }
    for (check->peer = 0; check->peer < profile->peers->len; check->peer++) {
        if (!check_peer(check, public_keys, prefixes, error))
            return FALSE;
    }
    return check_full_tunnel(check, error) && check_shared_networks(check, error);
}

gboolean
wl_profile_check_parts(const WlProfile *profile, WlProfileCheck flags, const WlProfileKey **key,
                       guint *peer, GError **error)
{
    Check check = {.profile = profile, .flags = flags};
    gboolean ok;

    derive_own(&check);
    ok = check_parts(&check, error);

    *key = check.key;
    *peer = check.peer;
    return ok;
}

gboolean
wl_profile_check(const WlProfile *profile, WlProfileCheck flags, GError **error)
{
    const WlProfileKey *key;
    guint peer;

    if (wl_profile_check_parts(profile, flags, &key, &peer, error))
        return TRUE;
    if (key->scope == WL_KEY_OF_PEER)
        g_prefix_error(error,
                       "peer-%u-%s: ", peer < profile->peers->len ? peer_number(profile, peer) : 1,
                       key->name);
    else
        g_prefix_error(error, "%s: ", key->name);
    return FALSE;
}
