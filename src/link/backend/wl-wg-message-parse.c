/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of the generic netlink family `wireguard`. Pure functions; unknown attributes are
 * ignored, malformed ones are -EBADMSG. The device belongs to the caller.
 */
#include "wl-wg-message-parse.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <string.h>

#include "wl-handshake-age.h"

static gboolean
read_key(const struct nlattr *attribute, WlKey *key)
{
    if (mnl_attr_get_payload_len(attribute) != WL_KEY_SIZE)
        return FALSE;
    memcpy(key->bytes, mnl_attr_get_payload(attribute), WL_KEY_SIZE);
    return TRUE;
}

static gboolean
read_u16(const struct nlattr *attribute, guint16 *value)
{
    if (mnl_attr_validate(attribute, MNL_TYPE_U16) < 0)
        return FALSE;
    *value = mnl_attr_get_u16(attribute);
    return TRUE;
}

static gboolean
read_u64(const struct nlattr *attribute, guint64 *value)
{
    if (mnl_attr_validate(attribute, MNL_TYPE_U64) < 0)
        return FALSE;
    *value = mnl_attr_get_u64(attribute);
    return TRUE;
}

static gboolean
read_endpoint(const struct nlattr *attribute, WlEndpoint *endpoint)
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
read_handshake(const struct nlattr *attribute, gint64 now, gint64 *age)
{
    gint64 time[2]; /* struct __kernel_timespec: seconds, nanoseconds */

    if (mnl_attr_get_payload_len(attribute) != sizeof time)
        return FALSE;
    memcpy(time, mnl_attr_get_payload(attribute), sizeof time);
    *age = wl_handshake_age(time[0], time[1], now);
    return TRUE;
}

static gboolean
read_allowed_ip(const struct nlattr *nest, GArray *list)
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
            if (!read_u16(attribute, &family))
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
read_peer_attribute(const struct nlattr *attribute, gint64 now, WlDevicePeer *peer)
{
    const struct nlattr *inner;

    switch (mnl_attr_get_type(attribute)) {
    case WGPEER_A_ENDPOINT:
        return read_endpoint(attribute, &peer->endpoint);
    case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
        return read_u16(attribute, &peer->keepalive);
    case WGPEER_A_LAST_HANDSHAKE_TIME:
        return read_handshake(attribute, now, &peer->handshake_age);
    case WGPEER_A_RX_BYTES:
        return read_u64(attribute, &peer->rx_bytes);
    case WGPEER_A_TX_BYTES:
        return read_u64(attribute, &peer->tx_bytes);
    case WGPEER_A_ALLOWEDIPS:
        mnl_attr_for_each_nested(inner, attribute)
        {
            if (!read_allowed_ip(inner, peer->allowed_ips))
                return FALSE;
        }
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean
read_peer(const struct nlattr *nest, gint64 now, WlDevice *device)
{
    const struct nlattr *attribute;
    gboolean has_key = FALSE;
    WlDevicePeer *peer = NULL;
    WlKey key;

    mnl_attr_for_each_nested(attribute, nest)
    {
        if (mnl_attr_get_type(attribute) == WGPEER_A_PUBLIC_KEY)
            has_key = read_key(attribute, &key);
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
        if (!read_peer_attribute(attribute, now, peer))
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
            if (!read_key(attribute, &device->public_key))
                return -EBADMSG;
            break;
        case WGDEVICE_A_LISTEN_PORT:
            if (!read_u16(attribute, &device->listen_port))
                return -EBADMSG;
            break;
        case WGDEVICE_A_PEERS:
            mnl_attr_for_each_nested(inner, attribute)
            {
                if (!read_peer(inner, now, device))
                    return -EBADMSG;
            }
            break;
        }
    }
    return 0;
}
