/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and replies of netlink and UAPI as bytes, with malformed and truncated ones. Needs no
 * privileges.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-handshake-age.h"
#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-rtnl-route.h"
#include "wl-uapi-client.h"
#include "wl-uapi-parse.h"
#include "wl-uapi.h"
#include "wl-wg-message-parse.h"
#include "wl-wg-message.h"

#define FAMILY  0x1d
#define IFINDEX 7

static const char *
hex_of(const guint8 *data, gsize length)
{
    static char text[2048];

    g_assert_cmpuint(length * 2, <, sizeof text);
    for (gsize i = 0; i < length; i++)
        g_snprintf(text + 2 * i, 3, "%02x", data[i]);
    return text;
}

static void
assert_message(const WlNetlinkMessage *message, const char *expected)
{
    const struct nlmsghdr *header = (const struct nlmsghdr *) message->data;

    g_assert_cmpuint(header->nlmsg_len, <=, message->size);
    g_assert_cmpstr(hex_of(message->data, header->nlmsg_len), ==, expected);
}

#define KEY_1 "0801000000000000000000000000000000000000000000000000000000000040"
#define KEY_2 "0802000000000000000000000000000000000000000000000000000000000040"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
/* netlink and generic netlink header (SET_DEVICE), ifindex */
#define HEADER(length)                                                                             \
    length "1d00"                                                                                  \
           "0000"                                                                                  \
           "00000000"                                                                              \
           "00000000"                                                                              \
           "01010000"                                                                              \
           "0800010007000000"

static void
test_set_device(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlNetlinkMessage) message = wl_wg_message_set_device(FAMILY, IFINDEX, &key, 51820, 0);
    g_autoptr(WlNetlinkMessage) marked =
        wl_wg_message_set_device(FAMILY, IFINDEX, &key, 51820, 0x57010203);
    g_autoptr(WlNetlinkMessage) mark = wl_wg_message_set_mark(FAMILY, IFINDEX, 0x57010203);

    assert_message(message, HEADER("50000000") "0800050001000000"
                                               "24000300" KEY_1 "060006006cca0000");
    assert_message(marked, HEADER("58000000") "0800050001000000"
                                              "24000300" KEY_1 "060006006cca0000"
                                              "0800070003020157");
    assert_message(mark, HEADER("24000000") "0800070003020157");
}

static void
test_remove(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change = test_change(WL_PEER_REMOVE, &key, NULL, NULL);
    g_autoptr(GPtrArray) messages = wl_wg_message_change(FAMILY, IFINDEX, change);

    g_assert_cmpuint(messages->len, ==, 1);
    assert_message(messages->pdata[0], HEADER("50000000") "34000880"
                                                          "30000080"
                                                          "24000100" KEY_1 "0800030001000000");
}

static void
test_update(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change = test_change(WL_PEER_UPDATE, &key, "192.0.2.1:258", NULL);
    g_autoptr(GPtrArray) messages = wl_wg_message_change(FAMILY, IFINDEX, change);

    g_assert_cmpuint(messages->len, ==, 1);
    /* UPDATE_ONLY, the endpoint and nothing else */
    assert_message(messages->pdata[0],
                   HEADER("64000000") "48000880"
                                      "44000080"
                                      "24000100" KEY_1 "0800030004000000"
                                      "1400040002000102c00002010000000000000000");
}

/* Changes the keepalive and removes the preshared key; the peer stays. */
static void
test_update_settings(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change = test_change(WL_PEER_UPDATE, &key, NULL, NULL);
    g_autoptr(GPtrArray) messages = NULL;

    change->replace_settings = TRUE;
    change->keepalive = 25;
    messages = wl_wg_message_change(FAMILY, IFINDEX, change);
    g_assert_cmpuint(messages->len, ==, 1);
    assert_message(messages->pdata[0], HEADER("7c000000") "60000880"
                                                          "5c000080"
                                                          "24000100" KEY_1 "0800030004000000"
                                                          "24000200" ZEROS "0600050019000000");
}

static void
test_recreate(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change =
        test_change(WL_PEER_RECREATE, &key, NULL, "10.1.2.0/24 fd77::/64");
    g_autoptr(GPtrArray) messages = NULL;

    change->has_preshared_key = TRUE;
    change->preshared_key = test_key(2);
    change->keepalive = 25;
    messages = wl_wg_message_change(FAMILY, IFINDEX, change);
    g_assert_cmpuint(messages->len, ==, 1);
    assert_message(messages->pdata[0],
                   HEADER("f4000000") "d8000880"
                                      /* first its removal ... */
                                      "30000080"
                                      "24000100" KEY_1 "0800030001000000"
                                      /* ... then the new peer: REPLACE_ALLOWEDIPS */
                                      "a4000080"
                                      "24000100" KEY_1 "0800030002000000"
                                      "24000200" KEY_2 "0600050019000000"
                                      "48000980"
                                      "1c000080"
                                      "0600010002000000"
                                      "080002000a010200"
                                      "0500030018000000"
                                      "28000080"
                                      "060001000a000000"
                                      "14000200fd770000000000000000000000000000"
                                      "0500030040000000");
}

static void
test_add_without_preshared_key(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change = test_change(WL_PEER_ADD, &key, "[2001:db8::1]:1", NULL);
    g_autoptr(GPtrArray) messages = wl_wg_message_change(FAMILY, IFINDEX, change);

    assert_message(messages->pdata[0],
                   HEADER("9c000000") "80000880"
                                      "7c000080"
                                      "24000100" KEY_1 "0800030002000000"
                                      "24000200" ZEROS "0600050000000000"
                                      "200004000a0000010000000020010db80000000000000000"
                                      "0000000100000000");
}

/* Requests have the form of a dump: parse them as one. */
static void
parse_all(const GPtrArray *messages, WlDevice *device)
{
    for (guint i = 0; i < messages->len; i++) {
        const WlNetlinkMessage *message = messages->pdata[i];

        g_assert_cmpuint(message->size, <=, WL_WG_MESSAGE_SIZE);
        g_assert_cmpint(
            wl_wg_message_parse((const struct nlmsghdr *) message->data, G_USEC_PER_SEC, device),
            ==, 0);
    }
}

static guint32
peer_flags(const WlNetlinkMessage *message)
{
    const struct nlattr *device, *peer, *attribute;
    guint32 flags = 0;

    mnl_attr_for_each(device, (const struct nlmsghdr *) message->data, sizeof(struct genlmsghdr))
    {
        if (mnl_attr_get_type(device) != WGDEVICE_A_PEERS)
            continue;
        mnl_attr_for_each_nested(peer, device)
        {
            mnl_attr_for_each_nested(attribute, peer)
            {
                if (mnl_attr_get_type(attribute) == WGPEER_A_FLAGS)
                    flags = mnl_attr_get_u32(attribute);
            }
        }
    }
    return flags;
}

static void
test_split(void)
{
    static const WlPeerChangeKind kinds[] = {WL_PEER_ADD, WL_PEER_UPDATE};
    WlKey key = test_key(1);

    for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        g_autoptr(WlPeerChange) change = test_change(kinds[kind], &key, "192.0.2.1:258", "");
        g_autoptr(WlDevice) device = wl_device_new();
        g_autoptr(GPtrArray) messages = NULL;
        const WlDevicePeer *peer;

        test_fill_prefixes(change->allowed_ips, 1, 5000);
        messages = wl_wg_message_change(FAMILY, IFINDEX, change);
        g_assert_cmpuint(messages->len, >, 1);
        g_assert_cmpuint(messages->len, <, 10);
        parse_all(messages, device);
        g_assert_cmpuint(device->peers->len, ==, 1);
        peer = device->peers->pdata[0];
        g_assert_true(wl_endpoint_equal(&peer->endpoint, &change->endpoint));
        g_assert_cmpuint(peer->allowed_ips->len, ==, 5000);
        g_assert_cmpmem(peer->allowed_ips->data, 5000 * sizeof(WlPrefix), change->allowed_ips->data,
                        5000 * sizeof(WlPrefix));
        /* Only the first message replaces; the others never create a peer. */
        g_assert_cmpuint(peer_flags(messages->pdata[0]), ==,
                         WGPEER_F_REPLACE_ALLOWEDIPS |
                             (kinds[kind] == WL_PEER_UPDATE ? WGPEER_F_UPDATE_ONLY : 0));
        for (guint i = 1; i < messages->len; i++)
            g_assert_cmpuint(peer_flags(messages->pdata[i]), ==, WGPEER_F_UPDATE_ONLY);
    }
}

/* Truncated messages and messages with one changed byte: an error or a device, and no access out of
 * bounds. */
static void
test_malformed(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) change =
        test_change(WL_PEER_ADD, &key, "[2001:db8::1]:1", "10.1.2.0/24 fd77::/64");
    g_autoptr(GPtrArray) messages = wl_wg_message_change(FAMILY, IFINDEX, change);
    const WlNetlinkMessage *message = messages->pdata[0];
    guint32 length = ((const struct nlmsghdr *) message->data)->nlmsg_len;
    guint errors = 0;

    for (guint32 i = sizeof(struct nlmsghdr); i < length; i++) {
        for (guint value = 0; value < 256; value += 5) {
            /* As long as the message, so that a sanitizer detects reads beyond. */
            g_autofree guint8 *copy = g_memdup2(message->data, length);
            g_autoptr(WlDevice) device = wl_device_new();

            copy[i] = (guint8) value;
            errors += wl_wg_message_parse((struct nlmsghdr *) copy, 0, device) < 0;
        }
    }
    for (guint32 cut = sizeof(struct nlmsghdr); cut < length; cut++) {
        g_autofree guint8 *copy = g_memdup2(message->data, cut);
        g_autoptr(WlDevice) device = wl_device_new();

        ((struct nlmsghdr *) copy)->nlmsg_len = cut;
        wl_wg_message_parse((struct nlmsghdr *) copy, 0, device);
    }
    g_assert_cmpuint(errors, >, 100);
}

static void
test_handshake_age(void)
{
    const gint64 now = G_GINT64_CONSTANT(1700000000) * G_USEC_PER_SEC;

    g_assert_cmpint(wl_handshake_age(0, 0, now), ==, -1);
    g_assert_cmpint(wl_handshake_age(1699999999, 500000000, now), ==, 500000);
    /* The clock was set back. */
    g_assert_cmpint(wl_handshake_age(1700000005, 0, now), ==, 0);
    g_assert_cmpint(wl_handshake_age(G_MAXINT64, G_MAXINT64, now), ==, 0);
    g_assert_cmpint(wl_handshake_age(1, G_MAXINT64, 2 * G_USEC_PER_SEC), ==, 1);
    g_assert_cmpint(wl_handshake_age(G_MININT64, 0, now), ==, -1);
}

/* A transport that plays back a dump. */
typedef struct {
    const char *const *script; /* one datagram each: see put_message() */
    guint32 sequence;
    guint sent;
    GString *seen;
} Playback;

/*
 * The letters of a datagram: m message, i interrupted message, d done, D done and interrupted,
 * e done with an error, s message of an earlier request, t receive timeout.
 */
static void
put_message(GByteArray *datagram, char letter, guint32 sequence)
{
    struct nlmsghdr header = {.nlmsg_len = 20, .nlmsg_seq = sequence, .nlmsg_flags = NLM_F_MULTI};
    gint32 payload = 0;

    header.nlmsg_type = strchr("dDe", letter) ? NLMSG_DONE : 0x20;
    if (strchr("iD", letter))
        header.nlmsg_flags |= NLM_F_DUMP_INTR;
    if (letter == 'e')
        payload = -ENODEV;
    if (letter == 's')
        header.nlmsg_seq--;
    g_byte_array_append(datagram, (guint8 *) &header, sizeof header);
    g_byte_array_append(datagram, (guint8 *) &payload, sizeof payload);
}

static int
playback_send(gpointer user_data, const struct nlmsghdr *message, gsize length)
{
    Playback *playback = user_data;

    g_assert_cmpuint(length, ==, message->nlmsg_len);
    g_assert_cmphex(message->nlmsg_flags, ==, NLM_F_REQUEST | NLM_F_DUMP);
    g_assert_cmpuint(message->nlmsg_seq, >, playback->sequence);
    playback->sequence = message->nlmsg_seq;
    playback->sent++;
    return 0;
}

static gssize
playback_receive(gpointer user_data, guint8 *buffer, gsize size)
{
    Playback *playback = user_data;
    g_autoptr(GByteArray) datagram = g_byte_array_new();
    const char *letters = *playback->script;

    g_assert_nonnull(letters);
    /* The last one repeats. */
    if (playback->script[1])
        playback->script++;
    if (letters[0] == 't')
        return -ETIMEDOUT;
    for (; *letters; letters++)
        put_message(datagram, *letters, playback->sequence);
    g_assert_cmpuint(datagram->len, <=, size);
    memcpy(buffer, datagram->data, datagram->len);
    return datagram->len;
}

static void
playback_restart(gpointer user_data)
{
    g_string_append_c(((Playback *) user_data)->seen, '|');
}

static int
playback_message(const struct nlmsghdr *message, gpointer user_data)
{
    g_string_append_c(((Playback *) user_data)->seen, 'm');
    return 0;
}

static int
refuse_message(const struct nlmsghdr *message, gpointer user_data)
{
    g_string_append_c(((Playback *) user_data)->seen, 'x');
    return -EBADMSG;
}

static void
check_dump(const char *const *script, WlNetlinkFunc func, int result, const char *seen)
{
    static const WlNetlinkTransport transport = {playback_send, playback_receive, NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    Playback playback = {script, 0, 0, text};
    g_autoptr(WlNetlink) netlink = wl_netlink_new_for_transport(&transport, &playback);
    _Alignas(struct nlmsghdr) guint8 buffer[64];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    g_assert_cmpint(wl_netlink_dump(netlink, message, playback_restart, func, &playback), ==,
                    result);
    g_assert_cmpstr(text->str, ==, seen);
}

static void
test_dump(void)
{
    static const char *const plain[] = {"mm", "m", "d", NULL};
    static const char *const stale[] = {"s", "smd", NULL};
    static const char *const again[] = {"mi", "m", "d", "mmm", "d", NULL};
    static const char *const late[] = {"mm", "D", "md", NULL};
    static const char *const error[] = {"m", "e", NULL};
    static const char *const endless[] = {"imd", NULL};
    static const char *const silent[] = {"m", "t", NULL};
    static const char *const drained[] = {"mm", "m", "d", NULL};

    check_dump(plain, playback_message, 0, "|mmm");
    check_dump(stale, playback_message, 0, "|m");
    check_dump(again, playback_message, 0, "|mmm|mmm");
    check_dump(late, playback_message, 0, "|mm|m");
    check_dump(error, playback_message, -ENODEV, "|m");
    check_dump(endless, playback_message, -EINTR, "|mm|mm|mm|mm|mm|mm|mm|mm|mm|mm");
    check_dump(silent, playback_message, -ETIMEDOUT, "|m");
    /* Received to its end, but not passed to the function that failed. */
    check_dump(drained, refuse_message, -EBADMSG, "|x");
}

/* A device in several messages: a peer that continues, and one of which only the key is repeated.
 */
static void
test_continued_peer(void)
{
    WlKey first = test_key(1), second = test_key(2);
    g_autoptr(WlDevice) device = wl_device_new();
    g_autoptr(WlPeerChange) a = test_change(WL_PEER_ADD, &first, "192.0.2.1:1", "10.0.0.0/24");
    g_autoptr(WlPeerChange) b = test_change(WL_PEER_UPDATE, &first, NULL, "10.0.1.0/24");
    g_autoptr(WlPeerChange) c = test_change(WL_PEER_ADD, &second, NULL, "10.0.2.0/24");
    WlPeerChange *changes[] = {a, b, c};
    const WlDevicePeer *peer;

    a->keepalive = 25;
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GPtrArray) messages = wl_wg_message_change(FAMILY, IFINDEX, changes[i]);

        parse_all(messages, device);
    }
    g_assert_cmpuint(device->peers->len, ==, 2);
    peer = wl_device_find(device, &first);
    g_assert_cmpuint(peer->allowed_ips->len, ==, 2);
    g_assert_cmpuint(peer->keepalive, ==, 25);
    g_assert_true(wl_endpoint_is_set(&peer->endpoint));
    g_assert_cmpint(peer->handshake_age, ==, -1);
    g_assert_cmpuint(wl_device_find(device, &second)->allowed_ips->len, ==, 1);
}

static void
test_uapi_requests(void)
{
    WlKey key = test_key(1);
    g_autoptr(WlPeerChange) recreate =
        test_change(WL_PEER_RECREATE, &key, "[2001:db8::1]:51820", "10.1.2.0/24 fd77::/64");
    g_autoptr(WlPeerChange) update = test_change(WL_PEER_UPDATE, &key, "192.0.2.1:258", NULL);
    g_autoptr(WlPeerChange) drop = test_change(WL_PEER_REMOVE, &key, NULL, NULL);
    g_autoptr(WlUapiText) device = wl_uapi_set_device(&key, 51820, 0);
    g_autoptr(WlUapiText) marked = wl_uapi_set_device(&key, 51820, 7);
    g_autoptr(WlUapiText) mark = wl_uapi_set_mark(7);
    g_autoptr(WlUapiText) text = NULL;

    g_assert_cmpstr(device->str, ==,
                    "set=1\nprivate_key=" KEY_1 "\nlisten_port=51820\nreplace_peers=true\n\n");
    g_assert_cmpstr(marked->str, ==,
                    "set=1\nprivate_key=" KEY_1
                    "\nfwmark=7\nlisten_port=51820\nreplace_peers=true\n\n");
    g_assert_cmpstr(mark->str, ==, "set=1\nfwmark=7\n\n");
    recreate->has_preshared_key = TRUE;
    recreate->preshared_key = test_key(2);
    recreate->keepalive = 25;
    text = wl_uapi_set_peer(recreate);
    g_assert_cmpstr(text->str, ==,
                    "set=1\npublic_key=" KEY_1 "\nremove=true\npublic_key=" KEY_1
                    "\npreshared_key=" KEY_2 "\npersistent_keepalive_interval=25\n"
                    "endpoint=[2001:db8::1]:51820\nreplace_allowed_ips=true\n"
                    "allowed_ip=10.1.2.0/24\nallowed_ip=fd77::/64\n\n");
    wl_uapi_text_free(text);
    text = wl_uapi_set_peer(update);
    g_assert_cmpstr(text->str, ==,
                    "set=1\npublic_key=" KEY_1 "\nupdate_only=true\nendpoint=192.0.2.1:258\n\n");
    wl_uapi_text_free(text);
    update->replace_settings = TRUE;
    update->has_preshared_key = TRUE;
    update->preshared_key = test_key(2);
    text = wl_uapi_set_peer(update);
    g_assert_cmpstr(text->str, ==,
                    "set=1\npublic_key=" KEY_1 "\nupdate_only=true\npreshared_key=" KEY_2
                    "\npersistent_keepalive_interval=0\nendpoint=192.0.2.1:258\n\n");
    wl_uapi_text_free(text);
    text = wl_uapi_set_peer(drop);
    g_assert_cmpstr(text->str, ==, "set=1\npublic_key=" KEY_1 "\nremove=true\n\n");
}

static void
test_uapi_device(void)
{
    static const char text[] =
        "private_key=" KEY_1 "\nlisten_port=51820\nfwmark=7\npublic_key=" KEY_2
        "\npreshared_key=" ZEROS "\nprotocol_version=1\nendpoint=[fe80::1%eth0]:258\n"
        "last_handshake_time_sec=100\nlast_handshake_time_nsec=500000000\ntx_bytes=3\n"
        "rx_bytes=18446744073709551615\npersistent_keepalive_interval=25\n"
        "allowed_ip=10.1.2.0/24\nallowed_ip=fd77::/64\nsomething_new=1\npublic_key=" KEY_1 "\n";
    g_autoptr(GError) error = NULL;
    WlKey private_key = test_key(1), second = test_key(2), public_key;
    g_autoptr(WlDevice) device =
        wl_uapi_parse_device(text, strlen(text), 101 * G_USEC_PER_SEC, &error);
    const WlDevicePeer *peer;
    WlEndpoint endpoint = test_endpoint("[fe80::1]:258");

    g_assert_no_error(error);
    g_assert_true(wl_key_derive_public(&private_key, &public_key));
    g_assert_true(wl_key_equal(&device->public_key, &public_key));
    g_assert_cmpuint(device->listen_port, ==, 51820);
    g_assert_cmpuint(device->peers->len, ==, 2);
    peer = wl_device_find(device, &second);
    g_assert_true(wl_endpoint_equal(&peer->endpoint, &endpoint));
    g_assert_cmpint(peer->handshake_age, ==, 500000);
    g_assert_cmpuint(peer->tx_bytes, ==, 3);
    g_assert_cmpuint(peer->rx_bytes, ==, G_MAXUINT64);
    g_assert_cmpuint(peer->keepalive, ==, 25);
    g_assert_cmpuint(peer->allowed_ips->len, ==, 2);
    peer = wl_device_find(device, &private_key);
    g_assert_cmpint(peer->handshake_age, ==, -1);
    g_assert_false(wl_endpoint_is_set(&peer->endpoint));
}

static void
test_uapi_malformed(void)
{
    static const char *const texts[] = {
        "listen_port=65536\n",
        "listen_port=\n",
        "listen_port\n",
        "private_key=00\n",
        "public_key=" KEY_1 "0\n",
        "public_key=zz01000000000000000000000000000000000000000000000000000000000040\n",
        "public_key=" KEY_1 "\nendpoint=example.com:1\n",
        "public_key=" KEY_1 "\nendpoint=[fe80::1%\n",
        "public_key=" KEY_1 "\nallowed_ip=10.0.0.0/33\n",
        "public_key=" KEY_1 "\nrx_bytes=-1\n",
        "public_key=" KEY_1 "\nlast_handshake_time_nsec=1000000000\n",
    };
    g_autofree char *endless = g_strnfill(5000, 'a');
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_null(wl_uapi_parse_device(texts[i], strlen(texts[i]), 0, &error));
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
        /* No part of a key is in the error message. */
        g_assert_null(strstr(error->message, "0801"));
        g_clear_error(&error);
    }
    g_assert_null(wl_uapi_parse_device(endless, 5000, 0, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/message/set-device", test_set_device);
    g_test_add_func("/link/message/remove", test_remove);
    g_test_add_func("/link/message/update", test_update);
    g_test_add_func("/link/message/update-settings", test_update_settings);
    g_test_add_func("/link/message/recreate", test_recreate);
    g_test_add_func("/link/message/add", test_add_without_preshared_key);
    g_test_add_func("/link/message/split", test_split);
    g_test_add_func("/link/message/continued-peer", test_continued_peer);
    g_test_add_func("/link/message/malformed", test_malformed);
    g_test_add_func("/link/handshake-age", test_handshake_age);
    g_test_add_func("/link/netlink/dump", test_dump);
    g_test_add_func("/link/uapi/requests", test_uapi_requests);
    g_test_add_func("/link/uapi/device", test_uapi_device);
    g_test_add_func("/link/uapi/malformed", test_uapi_malformed);
    return g_test_run();
}
