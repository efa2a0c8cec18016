/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A hostile peer: sends datagrams of one kind from the link-local address of its key to a member's
 * fact port.
 *
 * Usage: hostile-peer KEY-FILE MEMBER-PUBLIC-KEY INTERFACE PORT KIND COUNT
 *
 * Kinds: alive, endpoints (COUNT facts in as few datagrams as possible), names (COUNT members with
 * malicious names), garbage, unsigned, wrong-source, bad-tag, unknown-attribute. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-fact-codec.h"
#include "wl-group.h"
#include "wl-link-local.h"
#include "wl-signer.h"
#include "wl-uvarint.h"

typedef struct {
    WlKey private_key, public_key, member;
    WlSigner *signer;
    struct sockaddr_in6 to;
    int fd;
} Peer;

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

static void
die(const char *what)
{
    g_printerr("hostile-peer: %s: %s\n", what, g_strerror(errno));
    exit(EXIT_FAILURE);
}

static void
address_of(const WlKey *key, guint32 scope, guint16 port, struct sockaddr_in6 *address)
{
    WlIp ip;

    wl_key_link_local(key, &ip);
    memset(address, 0, sizeof(*address));
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    address->sin6_scope_id = scope;
    memcpy(&address->sin6_addr, ip.bytes, sizeof(ip.bytes));
}

static void
send_bytes(Peer *peer, const guint8 *data, gsize length)
{
    while (sendto(peer->fd, data, length, 0, (struct sockaddr *) &peer->to, sizeof(peer->to)) < 0)
        if (errno != ENOBUFS && errno != EINTR)
            die("sendto");
}

static void
send_signed(Peer *peer, WlSigner *signer, const guint8 *inner, gsize length)
{
    g_autoptr(GBytes) datagram = wl_signer_sign(signer, &peer->member, inner, length);

    send_bytes(peer, g_bytes_get_data(datagram, NULL), g_bytes_get_size(datagram));
}

static GByteArray *
alive_bytes(const WlKey *subject)
{
    WlBootId boot_id;
    WlFact fact;
    GByteArray *bytes = g_byte_array_new();

    random_bytes(NULL, boot_id.bytes, sizeof(boot_id.bytes));
    wl_fact_init_alive(&fact, subject, &boot_id, 0);
    fact.ttl = 255;
    wl_fact_encode(&fact, bytes);
    return bytes;
}

static void
send_alive(Peer *peer)
{
    g_autoptr(GByteArray) inner = alive_bytes(&peer->public_key);

    send_signed(peer, peer->signer, inner->data, inner->len);
}

static void
send_endpoints(Peer *peer, guint count)
{
    g_autoptr(WlGroup) group = wl_group_new();

    for (guint i = 0; i < count; i++) {
        guint8 bytes[4] = {198, 51, 100, (guint8) (i % 250 + 1)};
        WlEndpoint endpoint = {.port = (guint16) (1000 + i)};
        WlFact fact;

        wl_ip_from_bytes(&endpoint.ip, WL_FAMILY_V4, bytes);
        wl_fact_init_endpoint(&fact, &peer->public_key, &endpoint, 255 * G_USEC_PER_SEC);
        wl_group_add(group, &fact, 0);
    }
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *inner = wl_group_get(group, i);

        send_signed(peer, peer->signer, inner->data, inner->len);
    }
}

/* Metadata with a name that no native member would send. */
static WlMetadata *
metadata_of(const char *name)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 size[WL_UVARINT_MAX_SIZE], whole[WL_UVARINT_MAX_SIZE];
    gsize size_length = wl_uvarint_encode(strlen(name), size), consumed;
    gsize whole_length = wl_uvarint_encode(1 + size_length + strlen(name), whole);
    WlDecodeError error;

    g_byte_array_append(bytes, whole, (guint) whole_length);
    g_byte_array_append(bytes, (const guint8 *) "n", 1);
    g_byte_array_append(bytes, size, (guint) size_length);
    g_byte_array_append(bytes, (const guint8 *) name, (guint) strlen(name));
    return wl_metadata_decode(bytes->data, bytes->len, &consumed, &error);
}

static void
send_names(Peer *peer, guint count)
{
    g_autofree char *two_thousand = g_strnfill(2000, 'n'), *four_thousand = g_strnfill(4096, 'm');
    const char *const names[] = {"a\033[2J\033]0;owned\007b", "c\342\200\256d", "e\r\nroot: f",
                                 two_thousand, four_thousand};

    for (guint i = 0; i < count; i++) {
        g_autoptr(WlMetadata) metadata = metadata_of(names[i % G_N_ELEMENTS(names)]);
        g_autoptr(GByteArray) inner = g_byte_array_new();
        WlKey private_key, public_key;
        WlFact fact;

        wl_key_generate(&private_key, random_bytes, NULL);
        wl_key_derive_public(&private_key, &public_key);
        wl_fact_init_metadata(&fact, &public_key, metadata, 0);
        fact.ttl = 255;
        wl_fact_encode(&fact, inner);
        wl_fact_clear(&fact);
        send_signed(peer, peer->signer, inner->data, inner->len);
    }
}

static void
send_garbage(Peer *peer)
{
    guint8 data[1200];

    random_bytes(NULL, data, sizeof(data));
    data[0] = 0xff; /* no attribute */
    send_bytes(peer, data, 1 + randombytes_uniform(sizeof(data) - 1));
}

static void
send_unsigned(Peer *peer)
{
    g_autoptr(GByteArray) fact = alive_bytes(&peer->public_key);

    send_bytes(peer, fact->data, fact->len);
}

/* Valid, but signed by a key that does not belong to the source address. */
static void
send_wrong_source(Peer *peer)
{
    WlKey private_key, public_key;

    wl_key_generate(&private_key, random_bytes, NULL);
    wl_key_derive_public(&private_key, &public_key);

    g_autoptr(WlSigner) signer = wl_signer_new(&private_key, random_bytes, NULL);
    g_autoptr(GByteArray) inner = alive_bytes(&public_key);

    send_signed(peer, signer, inner->data, inner->len);
}

static void
send_bad_tag(Peer *peer)
{
    g_autoptr(GByteArray) inner = alive_bytes(&peer->public_key);
    g_autoptr(GBytes) datagram =
        wl_signer_sign(peer->signer, &peer->member, inner->data, inner->len);
    gsize length;
    g_autofree guint8 *data =
        g_memdup2(g_bytes_get_data(datagram, &length), g_bytes_get_size(datagram));

    data[length - 1] ^= 1;
    send_bytes(peer, data, length);
}

static void
send_unknown_attribute(Peer *peer)
{
    g_autoptr(GByteArray) inner = alive_bytes(&peer->public_key);

    inner->data[0] = 'z';
    send_signed(peer, peer->signer, inner->data, inner->len);
}

static const struct {
    const char *name;
    void (*send)(Peer *peer);
} kinds[] = {
    {"alive", send_alive},       {"garbage", send_garbage},
    {"unsigned", send_unsigned}, {"wrong-source", send_wrong_source},
    {"bad-tag", send_bad_tag},   {"unknown-attribute", send_unknown_attribute},
};

static void
read_key(const char *file, WlKey *key)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(file, &text, NULL, NULL) || !wl_key_parse(g_strstrip(text), key))
        die(file);
}

int
main(int argc, char **argv)
{
    Peer peer = {0};
    struct sockaddr_in6 from;

    if (argc != 7 || sodium_init() < 0) {
        g_printerr("usage: hostile-peer KEY-FILE MEMBER-PUBLIC-KEY INTERFACE PORT KIND COUNT\n");
        return 2;
    }
    guint32 scope = if_nametoindex(argv[3]);
    guint16 port = (guint16) atoi(argv[4]);
    const char *kind = argv[5];
    guint count = (guint) atoi(argv[6]);

    read_key(argv[1], &peer.private_key);
    wl_key_derive_public(&peer.private_key, &peer.public_key);
    if (!scope || !wl_key_parse(argv[2], &peer.member))
        die(argv[3]);
    peer.signer = wl_signer_new(&peer.private_key, random_bytes, NULL);
    address_of(&peer.member, scope, port, &peer.to);
    address_of(&peer.public_key, scope, 0, &from);
    peer.fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (peer.fd < 0 || bind(peer.fd, (struct sockaddr *) &from, sizeof(from)) < 0)
        die("bind");

    gboolean known = g_str_equal(kind, "endpoints") || g_str_equal(kind, "names");

    if (g_str_equal(kind, "endpoints"))
        send_endpoints(&peer, count);
    if (g_str_equal(kind, "names"))
        send_names(&peer, count);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].name, kind)) {
            known = TRUE;
            for (guint n = 0; n < count; n++)
                kinds[i].send(&peer);
        }
    close(peer.fd);
    wl_signer_free(peer.signer);
    wl_key_wipe(&peer.private_key);
    return known ? EXIT_SUCCESS : 2;
}
