/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-wg-message.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <string.h>

#include "wl-handshake-age.h"

/* Room for everything of a message but allowed IPs: headers, two peers with keys, endpoint, ... */
#define FIXED_SIZE 512
/* Nest, family, address, mask, each with its header and padding; IPv4 takes 12 bytes less. */
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

/* Puts allowed IPs from *next on, as many as fit. */
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
    gboolean whole = change->kind == WL_PEER_ADD || change->kind == WL_PEER_RECREATE;
    gboolean with_list = whole || (change->kind == WL_PEER_UPDATE && change->replace_allowed_ips);
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
            (whole ? 0 : WGPEER_F_UPDATE_ONLY) | (with_list ? WGPEER_F_REPLACE_ALLOWEDIPS : 0);
        struct nlattr *peer = put_peer(header, &change->public_key, flags);

        if (whole || change->replace_settings) {
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

static gboolean
get_key(const struct nlattr *attribute, WlKey *key)
{
    if (mnl_attr_get_payload_len(attribute) != WL_KEY_SIZE)
        return FALSE;
    memcpy(key->bytes, mnl_attr_get_payload(attribute), WL_KEY_SIZE);
    return TRUE;
}

static gboolean
get_u16(const struct nlattr *attribute, guint16 *value)
{
    if (mnl_attr_validate(attribute, MNL_TYPE_U16) < 0)
        return FALSE;
    *value = mnl_attr_get_u16(attribute);
    return TRUE;
}

static gboolean
get_u64(const struct nlattr *attribute, guint64 *value)
{
    if (mnl_attr_validate(attribute, MNL_TYPE_U64) < 0)
        return FALSE;
    *value = mnl_attr_get_u64(attribute);
    return TRUE;
}

static gboolean
get_endpoint(const struct nlattr *attribute, WlEndpoint *endpoint)
{
    gsize length = mnl_attr_get_payload_len(attribute);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;

    memset(&address, 0, sizeof address);
    memcpy(&address, mnl_attr_get_payload(attribute), MIN(length, sizeof address));
    if (address.any.sa_family == AF_INET && length >= sizeof address.v4) {
        wl_ip_from_bytes(&endpoint->ip, WL_FAMILY_V4, (guint8 *) &address.v4.sin_addr);
        endpoint->port = ntohs(address.v4.sin_port);
        return TRUE;
    }
    if (address.any.sa_family == AF_INET6 && length >= sizeof address.v6) {
        wl_ip_from_bytes(&endpoint->ip, WL_FAMILY_V6, (guint8 *) &address.v6.sin6_addr);
        endpoint->port = ntohs(address.v6.sin6_port);
        return TRUE;
    }
    return FALSE;
}

static gboolean
get_handshake(const struct nlattr *attribute, gint64 now, gint64 *age)
{
    gint64 time[2]; /* struct __kernel_timespec: seconds, nanoseconds */

    if (mnl_attr_get_payload_len(attribute) != sizeof time)
        return FALSE;
    memcpy(time, mnl_attr_get_payload(attribute), sizeof time);
    *age = wl_handshake_age(time[0], time[1], now);
    return TRUE;
}

static gboolean
get_allowed_ip(const struct nlattr *nest, GArray *list)
{
    const struct nlattr *attribute, *address = NULL;
    guint16 family = 0;
    WlPrefix prefix;
    gsize size;

    memset(&prefix, 0, sizeof prefix);
    mnl_attr_for_each_nested(attribute, nest)
    {
        switch (mnl_attr_get_type(attribute)) {
        case WGALLOWEDIP_A_FAMILY:
            if (!get_u16(attribute, &family))
                return FALSE;
            break;
        case WGALLOWEDIP_A_IPADDR:
            address = attribute;
            break;
        case WGALLOWEDIP_A_CIDR_MASK:
            if (mnl_attr_validate(attribute, MNL_TYPE_U8) < 0)
                return FALSE;
            prefix.length = mnl_attr_get_u8(attribute);
            break;
        }
    }
    if (family != AF_INET && family != AF_INET6)
        return FALSE;
    size = family == AF_INET ? 4 : 16;
    if (!address || mnl_attr_get_payload_len(address) != size || prefix.length > size * 8)
        return FALSE;
    wl_ip_from_bytes(&prefix.ip, family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6,
                     mnl_attr_get_payload(address));
    g_array_append_val(list, prefix);
    return TRUE;
}

static gboolean
get_peer_attribute(const struct nlattr *attribute, gint64 now, WlDevicePeer *peer)
{
    const struct nlattr *inner;

    switch (mnl_attr_get_type(attribute)) {
    case WGPEER_A_ENDPOINT:
        return get_endpoint(attribute, &peer->endpoint);
    case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
        return get_u16(attribute, &peer->keepalive);
    case WGPEER_A_LAST_HANDSHAKE_TIME:
        return get_handshake(attribute, now, &peer->handshake_age);
    case WGPEER_A_RX_BYTES:
        return get_u64(attribute, &peer->rx_bytes);
    case WGPEER_A_TX_BYTES:
        return get_u64(attribute, &peer->tx_bytes);
    case WGPEER_A_ALLOWEDIPS:
        mnl_attr_for_each_nested(inner, attribute)
        {
            if (!get_allowed_ip(inner, peer->allowed_ips))
                return FALSE;
        }
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean
get_peer(const struct nlattr *nest, gint64 now, WlDevice *device)
{
    const struct nlattr *attribute;
    gboolean has_key = FALSE;
    WlDevicePeer *peer = NULL;
    WlKey key;

    mnl_attr_for_each_nested(attribute, nest)
    {
        if (mnl_attr_get_type(attribute) == WGPEER_A_PUBLIC_KEY)
            has_key = get_key(attribute, &key);
    }
    if (!has_key)
        return FALSE;
    if (device->peers->len > 0)
        peer = g_ptr_array_index(device->peers, device->peers->len - 1);
    if (!peer || !wl_key_equal(&peer->public_key, &key)) {
        peer = wl_device_peer_new(&key);
        peer->handshake_age = -1;
        g_ptr_array_add(device->peers, peer);
    }
    mnl_attr_for_each_nested(attribute, nest)
    {
        if (!get_peer_attribute(attribute, now, peer))
            return FALSE;
    }
    return TRUE;
}

int
wl_wg_message_parse(const struct nlmsghdr *message, gint64 now, WlDevice *device)
{
    const struct nlattr *attribute, *inner;

    if (mnl_nlmsg_get_payload_len(message) < sizeof(struct genlmsghdr))
        return -EBADMSG;
    mnl_attr_for_each(attribute, message, sizeof(struct genlmsghdr))
    {
        switch (mnl_attr_get_type(attribute)) {
        case WGDEVICE_A_PUBLIC_KEY:
            if (!get_key(attribute, &device->public_key))
                return -EBADMSG;
            break;
        case WGDEVICE_A_LISTEN_PORT:
            if (!get_u16(attribute, &device->listen_port))
                return -EBADMSG;
            break;
        case WGDEVICE_A_PEERS:
            mnl_attr_for_each_nested(inner, attribute)
            {
                if (!get_peer(inner, now, device))
                    return -EBADMSG;
            }
            break;
        }
    }
    return 0;
}
