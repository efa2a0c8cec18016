/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-keys.h"

#include <string.h>

#include "wl-profile-file.h"

static const char *const role_words[] = {"automatic", "leaf", "router", NULL};
static const char *const trust_words[] = {
    "", "Untrusted", "Endpoint", "AllowedIPs", "Membership", "DelegateTrust", NULL,
};
static const char *const off_words[] = {"off", NULL};

#define PROFILE(section_, field)                                                                   \
    .scope = WL_KEY_OF_PROFILE, .section = WL_PROFILE_SECTION_##section_,                          \
    .offset = G_STRUCT_OFFSET(WlProfile, field)
#define PEER(field)                                                                                \
    .scope = WL_KEY_OF_PEER, .section = WL_PROFILE_SECTION_PEER,                                   \
    .offset = G_STRUCT_OFFSET(WlProfilePeer, field)
#define IN_FILE(field)                                                                             \
    .scope = WL_KEY_OF_FILE, .section = WL_PROFILE_SECTION_INTERFACE,                              \
    .offset = G_STRUCT_OFFSET(WlProfileFile, field)

/* clang-format off */
static const WlProfileKey keys[] = {
    {.name = "wirelink-version", .type = WL_KEY_TYPE_VERSION,
     .scope = WL_KEY_OF_PROFILE, .section = WL_PROFILE_SECTION_WIRELINK, .offset = G_MAXSIZE,
     .default_text = "1",
     .help = "Form of these keys; always 1"},
    {.name = "private-key", .file_name = "PrivateKey", .type = WL_KEY_TYPE_KEY,
     PROFILE(INTERFACE, private_key), .secret = TRUE, .required = TRUE, .needs_reactivation = TRUE,
     .help = "The own private key, as made by \"wirelinkctl genkey\" or \"wg genkey\""},
    {.name = "private-key-flags", .file_name = "PrivateKeyFlags", .type = WL_KEY_TYPE_FLAGS,
     PROFILE(WIRELINK, private_key_flags), .max = 7, .default_text = "0",
     .help = "Who keeps the private key: 0 NetworkManager, 1 the user's keyring, 2 nobody, it is "
             "asked for each time"},
    {.name = "address", .file_name = "Address", .type = WL_KEY_TYPE_ADDRESSES,
     PROFILE(INTERFACE, addresses), .required = TRUE, .needs_reactivation = TRUE, .max = WL_PROFILE_MAX_LIST,
     .help = "The own addresses in the network, with the length of its prefix"},
    {.name = "listen-port", .file_name = "ListenPort", .type = WL_KEY_TYPE_UINT,
     PROFILE(INTERFACE, listen_port), .needs_reactivation = TRUE, .min = 1, .max = 65535, .zero = "chosen at each start",
     .default_text = "0",
     .help = "UDP port of WireGuard; members behind one router should differ. 0: chosen at each "
             "start. Importing a file without it chooses one and keeps it"},
    {.file_name = "DNS", .type = WL_KEY_TYPE_DNS, IN_FILE(dns), .needs_reactivation = TRUE, .max = WL_PROFILE_MAX_LIST,
     .help = "DNS servers and search domains; kept in ipv4.dns, ipv6.dns and their dns-search"},
    {.name = "mtu", .file_name = "MTU", .type = WL_KEY_TYPE_UINT,
     PROFILE(INTERFACE, mtu), .needs_reactivation = TRUE, .min = 1280, .max = 65455, .zero = "automatic",
     .default_text = "0",
     .help = "Largest packet of the link in bytes, 1280 or more as IPv6 needs. 0: automatic"},
    {.file_name = "Table", .type = WL_KEY_TYPE_TABLE, IN_FILE(table), .needs_reactivation = TRUE,
     .default_text = "auto",
     .help = "Routing table for the routes: \"auto\", \"off\" for no routes, or a number; kept in "
             "ipv4.route-table, ipv6.route-table and their ignore-auto-routes"},
    /* Not "name": in a keyfile that is a property of the setting, and the value is lost. */
    {.name = "member-name", .file_name = "Name", .type = WL_KEY_TYPE_NAME,
     PROFILE(WIRELINK, name),
     .help = "The own name, as other members see it; 63 characters are shown"},
    {.name = "role", .file_name = "Role", .type = WL_KEY_TYPE_WORD,
     PROFILE(WIRELINK, role), .words = role_words, .default_text = "automatic",
     .help = "Whether this member routes between others: automatic, leaf or router"},
    {.name = "fact-port", .file_name = "FactPort", .type = WL_KEY_TYPE_UINT,
     PROFILE(WIRELINK, fact_port), .needs_reactivation = TRUE, .min = 1, .max = 65535, .default_text = "51821",
     .help = "UDP port inside the tunnel where members tell each other facts; the same in the "
             "whole network"},
    {.name = "networks", .file_name = "Networks", .type = WL_KEY_TYPE_PREFIXES,
     PROFILE(WIRELINK, networks), .max = WL_PROFILE_MAX_LIST,
     .default_text = "the subnets of the own addresses and the peers' configured allowed IPs",
     .help = "Prefixes inside which other members may name addresses"},
    {.name = "chatty", .file_name = "Chatty", .type = WL_KEY_TYPE_BOOL,
     PROFILE(WIRELINK, chatty), .default_text = "no",
     .help = "Tell facts to every member, not only to routers"},
    {.name = "autostart", .file_name = "Autostart", .type = WL_KEY_TYPE_BOOL,
     PROFILE(WIRELINK, autostart), .default_text = "no",
     .help = "Bring the profile up whenever the machine gets a network; for keys that "
             "NetworkManager keeps"},
    {.name = "full-tunnel", .file_name = "FullTunnel", .type = WL_KEY_TYPE_BOOL,
     PROFILE(WIRELINK, full_tunnel), .needs_reactivation = TRUE, .default_text = "no",
     .help = "Send everything through the peer whose allowed IPs have 0.0.0.0/0 or ::/0, but what "
             "is on the same network as this machine"},
    {.name = "kill-switch", .file_name = "KillSwitch", .type = WL_KEY_TYPE_BOOL,
     PROFILE(WIRELINK, kill_switch), .needs_reactivation = TRUE, .default_text = "no",
     .help = "With full-tunnel: nothing leaves any other way while the profile is up, also what "
             "the tunnel cannot take at the moment"},
    {.name = "forwarding", .file_name = "Forwarding", .type = WL_KEY_TYPE_BOOL,
     PROFILE(WIRELINK, forwarding), .default_text = "no: routers forward IPv4 from the link alone",
     .help = "Pass on what comes from members for others, IPv6 too; before Linux 6.17 that turns "
             "IPv6 forwarding on for the whole machine while the profile is up"},
    /* Not "interface-name": the keyfile reader of libnm takes an interface-name in [vpn] for the
     * legacy form of connection.interface-name, which would then win over a later change. */
    {.name = "link-name", .file_name = "InterfaceName", .type = WL_KEY_TYPE_INTERFACE,
     PROFILE(WIRELINK, interface_name), .needs_reactivation = TRUE,
     .default_text = "nmwl- and 8 hex digits of the UUID",
     .help = "Name of the link; connection.interface-name goes before it"},
    {.name = "hide-interfaces", .file_name = "HideInterfaces", .type = WL_KEY_TYPE_PATTERNS,
     PROFILE(WIRELINK, hide_interfaces), .max = WL_PROFILE_MAX_LIST,
     .help = "Patterns of interfaces whose addresses are not told to others"},
    {.name = "announce-interfaces", .file_name = "AnnounceInterfaces", .type = WL_KEY_TYPE_PATTERNS,
     PROFILE(WIRELINK, announce_interfaces), .max = WL_PROFILE_MAX_LIST,
     .help = "If given, only the addresses of interfaces that match are told to others"},

    {.name = "public-key", .file_name = "PublicKey", .type = WL_KEY_TYPE_KEY,
     PEER(public_key), .required = TRUE,
     .help = "The peer's public key"},
    {.name = "name", .file_name = "Name", .type = WL_KEY_TYPE_NAME,
     PEER(name),
     .help = "What this profile calls the peer"},
    {.name = "preshared-key", .file_name = "PresharedKey", .type = WL_KEY_TYPE_KEY,
     PEER(preshared_key), .secret = TRUE,
     .help = "A key that only this peer has too, as made by \"wg genpsk\""},
    {.name = "preshared-key-flags", .file_name = "PresharedKeyFlags", .type = WL_KEY_TYPE_FLAGS,
     PEER(preshared_key_flags), .max = 7, .default_text = "0 with a preshared key, else 4",
     .help = "Who keeps the preshared key, as for the private key; 4: there need not be one"},
    {.name = "endpoint", .file_name = "Endpoint", .type = WL_KEY_TYPE_ENDPOINTS,
     PEER(endpoints), .max = WL_PROFILE_MAX_ENDPOINTS,
     .help = "Where the peer can be reached: host:port or [IPv6 address]:port; several are tried "
             "in turn, but none that is inside the tunnel"},
    {.name = "allowed-ips", .file_name = "AllowedIPs", .type = WL_KEY_TYPE_PREFIXES,
     PEER(allowed_ips), .max = WL_PROFILE_MAX_ALLOWED_IPS,
     .help = "Prefixes that are reached by this peer"},
    {.name = "keepalive", .file_name = "PersistentKeepalive", .type = WL_KEY_TYPE_UINT,
     PEER(keepalive), .min = 1, .max = 65535, .zero = "off", .words = off_words,
     .default_text = "0",
     .help = "Seconds between packets that keep a mapping of a NAT open. 0: off"},
    {.name = "trust", .file_name = "Trust", .type = WL_KEY_TYPE_WORD,
     PEER(trust), .words = trust_words, .default_text = "unset",
     .help = "What the peer is believed: Untrusted, Endpoint, AllowedIPs, Membership or "
             "DelegateTrust. Where no peer says it, routers are believed up to Membership and "
             "others their endpoints"},
    {.name = "basic", .file_name = "Basic", .type = WL_KEY_TYPE_BOOL,
     PEER(basic), .default_text = "no",
     .help = "The peer runs WireGuard only and tells no facts"},
    {.name = "fact-exchanger", .file_name = "FactExchanger", .type = WL_KEY_TYPE_BOOL,
     PEER(fact_exchanger), .default_text = "no",
     .help = "Facts are always told to this peer"},
};
/* clang-format on */

const WlProfileKey *
wl_profile_keys(gsize *n_keys)
{
    if (n_keys)
        *n_keys = G_N_ELEMENTS(keys);
    return keys;
}

const WlProfileKey *
wl_profile_keys_find(WlKeyScope scope, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].scope == scope && keys[i].name && !strcmp(keys[i].name, name))
            return &keys[i];
    }
    return NULL;
}

const WlProfileKey *
wl_profile_keys_find_in_file(WlProfileSection section, const char *file_name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].section == section && keys[i].file_name &&
            !g_ascii_strcasecmp(keys[i].file_name, file_name))
            return &keys[i];
    }
    return NULL;
}

const WlProfileKey *
wl_profile_keys_find_in_any_section(const char *file_name)
{
    const WlProfileKey *key = NULL;

    for (guint section = 0; section <= WL_PROFILE_SECTION_PEER && !key; section++)
        key = wl_profile_keys_find_in_file((WlProfileSection) section, file_name);
    return key;
}

const WlProfileKey *
wl_profile_keys_of_field(WlKeyScope scope, gsize offset)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].scope == scope && keys[i].offset == offset)
            return &keys[i];
    }
    g_assert_not_reached();
}

const char *
wl_profile_section_to_string(WlProfileSection section)
{
    static const char *const names[] = {"Interface", "Wirelink", "Peer"};

    g_return_val_if_fail((guint) section < G_N_ELEMENTS(names), "");
    return names[section];
}

gboolean
wl_profile_keys_split_peer(const char *name, guint *number, const char **rest)
{
    guint value = 0;
    const char *p;

    if (!g_str_has_prefix(name, "peer-"))
        return FALSE;
    p = name + strlen("peer-");
    if (*p < '1' || *p > '9')
        return FALSE;
    for (int digits = 0; g_ascii_isdigit(*p); p++) {
        if (++digits > 6)
            return FALSE;
        value = value * 10 + (guint) (*p - '0');
    }
    if (p[0] != '-' || !p[1])
        return FALSE;
    *number = value;
    *rest = p + 1;
    return TRUE;
}

const char *
wl_profile_role_to_string(WlProfileRole role)
{
    g_return_val_if_fail((guint) role <= WL_PROFILE_ROLE_ROUTER, "");
    return role_words[role];
}

const char *
wl_profile_trust_to_string(WlProfileTrust trust)
{
    g_return_val_if_fail((guint) trust <= WL_PROFILE_TRUST_DELEGATE_TRUST, "");
    return trust_words[trust];
}

gboolean
wl_profile_keys_is_command(const char *file_name)
{
    static const char *const commands[] = {"PreUp", "PostUp", "PreDown", "PostDown"};

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_ascii_strcasecmp(commands[i], file_name))
            return TRUE;
    }
    return FALSE;
}
