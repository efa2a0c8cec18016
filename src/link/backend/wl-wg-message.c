/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the generic netlink family `wireguard`. Pure functions. The caller owns the messages,
 * which may contain keys and are wiped when freed.
 */
#include "wl-wg-message.h"

#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <string.h>

/* Bytes of a message without allowed IPs: headers, two peers with keys, endpoint, ... */
#define FIXED_SIZE 512
/* Bytes of one allowed IP: nest, family, address, mask, each with its header and padding. IPv4
 * takes 12 bytes less. */
#define ALLOWED_IP_SIZE 40

static struct nlmsghdr *
put_header(WlNetlinkMessage *message, guint16 family, int ifindex, guint8 command)
{
    struct nlmsghdr *header = mnl_nlmsg_put_header(message->data);
    struct genlmsghdr *generic;

    header->nlmsg_type = family;
    generic = mnl_nlmsg_put_extra_header(header, sizeof *generic);
    generic->cmd = command;
    generic->version = WG_GENL_VERSION;
    mnl_attr_put_u32(header, WGDEVICE_A_IFINDEX, (guint32) ifindex);
    return header;
}

WlNetlinkMessage *
wl_wg_message_set_device(guint16 family, int ifindex, const WlKey *private_key, guint16 listen_port,
                         guint32 fwmark)
{
    WlNetlinkMessage *message = wl_netlink_message_new(FIXED_SIZE);
    struct nlmsghdr *header = put_header(message, family, ifindex, WG_CMD_SET_DEVICE);

    mnl_attr_put_u32(header, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
    mnl_attr_put(header, WGDEVICE_A_PRIVATE_KEY, WL_KEY_SIZE, private_key->bytes);
    mnl_attr_put_u16(header, WGDEVICE_A_LISTEN_PORT, listen_port);
    if (fwmark)
        mnl_attr_put_u32(header, WGDEVICE_A_FWMARK, fwmark);
    return message;
}

WlNetlinkMessage *
wl_wg_message_set_mark(guint16 family, int ifindex, guint32 fwmark)
{
    WlNetlinkMessage *message = wl_netlink_message_new(FIXED_SIZE);
    struct nlmsghdr *header = put_header(message, family, ifindex, WG_CMD_SET_DEVICE);

    mnl_attr_put_u32(header, WGDEVICE_A_FWMARK, fwmark);
    return message;
}

WlNetlinkMessage *
wl_wg_message_get_device(guint16 family, int ifindex)
{
    WlNetlinkMessage *message = wl_netlink_message_new(FIXED_SIZE);

    put_header(message, family, ifindex, WG_CMD_GET_DEVICE);
    return message;
}

static void
put_endpoint(struct nlmsghdr *header, const WlEndpoint *endpoint)
{
    if (endpoint->ip.family == WL_FAMILY_V4) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};

        memcpy(&address.sin_addr, endpoint->ip.bytes, 4);
        mnl_attr_put(header, WGPEER_A_ENDPOINT, sizeof address, &address);
    } else if (endpoint->ip.family == WL_FAMILY_V6) {
        struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};

        memcpy(&address.sin6_addr, endpoint->ip.bytes, 16);
        mnl_attr_put(header, WGPEER_A_ENDPOINT, sizeof address, &address);
    }
}

static void
put_allowed_ip(struct nlmsghdr *header, const WlPrefix *prefix)
{
    struct nlattr *nest = mnl_attr_nest_start(header, 0);

    mnl_attr_put_u16(header, WGALLOWEDIP_A_FAMILY,
                     prefix->ip.family == WL_FAMILY_V4 ? AF_INET : AF_INET6);
    mnl_attr_put(header, WGALLOWEDIP_A_IPADDR, wl_ip_size(&prefix->ip), prefix->ip.bytes);
    mnl_attr_put_u8(header, WGALLOWEDIP_A_CIDR_MASK, prefix->length);
    mnl_attr_nest_end(header, nest);
}

/* Puts as many allowed IPs as fit, starting at *next. */
static void
put_allowed_ips(const WlNetlinkMessage *message, struct nlmsghdr *header, const GArray *list,
                guint *next)
{
    struct nlattr *nest = mnl_attr_nest_start(header, WGPEER_A_ALLOWEDIPS);

    for (; *next < list->len && header->nlmsg_len + ALLOWED_IP_SIZE <= message->size; (*next)++)
        put_allowed_ip(header, &g_array_index(list, WlPrefix, *next));
    mnl_attr_nest_end(header, nest);
}

static struct nlattr *
put_peer(struct nlmsghdr *header, const WlKey *public_key, guint32 flags)
{
    struct nlattr *nest = mnl_attr_nest_start(header, 0);

    mnl_attr_put(header, WGPEER_A_PUBLIC_KEY, WL_KEY_SIZE, public_key->bytes);
    if (flags)
        mnl_attr_put_u32(header, WGPEER_A_FLAGS, flags);
    return nest;
}

static void
put_removal(struct nlmsghdr *header, const WlKey *public_key)
{
    mnl_attr_nest_end(header, put_peer(header, public_key, WGPEER_F_REMOVE_ME));
}

static WlNetlinkMessage *
new_message(const GArray *list, guint next)
{
    gsize size = FIXED_SIZE + (list ? (gsize) (list->len - next) * ALLOWED_IP_SIZE : 0);

    return wl_netlink_message_new(MIN(size, WL_WG_MESSAGE_SIZE));
}

GPtrArray *
wl_wg_message_change(guint16 family, int ifindex, const WlPeerChange *change)
{
    static const WlKey no_key;
    GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify) wl_netlink_message_free);
    gboolean full = change->kind == WL_PEER_ADD || change->kind == WL_PEER_RECREATE;
    gboolean with_list = full || (change->kind == WL_PEER_UPDATE && change->replace_allowed_ips);
    const GArray *list = with_list ? change->allowed_ips : NULL;
    WlNetlinkMessage *message = new_message(list, 0);
    struct nlmsghdr *header = put_header(message, family, ifindex, WG_CMD_SET_DEVICE);
    struct nlattr *peers = mnl_attr_nest_start(header, WGDEVICE_A_PEERS);
    guint next = 0;

    g_ptr_array_add(messages, message);
    if (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE)
        put_removal(header, &change->public_key);
    if (change->kind != WL_PEER_REMOVE) {
        guint32 flags =
            (full ? 0 : WGPEER_F_UPDATE_ONLY) | (with_list ? WGPEER_F_REPLACE_ALLOWEDIPS : 0);
        struct nlattr *peer = put_peer(header, &change->public_key, flags);

        if (full || change->replace_settings) {
            mnl_attr_put(header, WGPEER_A_PRESHARED_KEY, WL_KEY_SIZE,
                         change->has_preshared_key ? change->preshared_key.bytes : no_key.bytes);
            mnl_attr_put_u16(header, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, change->keepalive);
        }
        put_endpoint(header, &change->endpoint);
        if (list && list->len > 0)
            put_allowed_ips(message, header, list, &next);
        mnl_attr_nest_end(header, peer);
    }
    mnl_attr_nest_end(header, peers);

    while (list && next < list->len) {
        struct nlattr *peer;

        message = new_message(list, next);
        g_ptr_array_add(messages, message);
        header = put_header(message, family, ifindex, WG_CMD_SET_DEVICE);
        peers = mnl_attr_nest_start(header, WGDEVICE_A_PEERS);
        peer = put_peer(header, &change->public_key, WGPEER_F_UPDATE_ONLY);
        put_allowed_ips(message, header, list, &next);
        mnl_attr_nest_end(header, peer);
        mnl_attr_nest_end(header, peers);
    }
    return messages;
}
