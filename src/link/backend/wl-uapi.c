/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-uapi.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wl-handshake-age.h"
#include "wl-link-error.h"

/* Room for everything of a request but allowed IPs, and for one of those. */
#define FIXED_SIZE      1024
#define ALLOWED_IP_SIZE (WL_ADDRESS_TEXT_SIZE + 16)

#define MAX_ERRNO 4095 /* as in the kernel */

char *
wl_uapi_socket_path(const char *ifname)
{
    return g_strconcat(WL_UAPI_DIRECTORY "/", ifname, ".sock", NULL);
}

void
wl_uapi_text_free(WlUapiText *text)
{
    if (!text)
        return;
    explicit_bzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
}

static void
append_key(WlUapiText *text, const char *name, const WlKey *key)
{
    g_string_append(text, name);
    g_string_append_c(text, '=');
    for (guint i = 0; i < WL_KEY_SIZE; i++) {
        g_string_append_c(text, "0123456789abcdef"[key->bytes[i] >> 4]);
        g_string_append_c(text, "0123456789abcdef"[key->bytes[i] & 15]);
    }
    g_string_append_c(text, '\n');
}

WlUapiText *
wl_uapi_set_device(const WlKey *private_key, guint16 listen_port, guint32 fwmark)
{
    WlUapiText *text = g_string_sized_new(FIXED_SIZE);

    g_string_append(text, "set=1\n");
    append_key(text, "private_key", private_key);
    /* Before the port, so that no socket is opened without it. */
    if (fwmark)
        g_string_append_printf(text, "fwmark=%u\n", fwmark);
    g_string_append_printf(text, "listen_port=%u\nreplace_peers=true\n\n", listen_port);
    return text;
}

WlUapiText *
wl_uapi_set_listen_port(guint16 listen_port)
{
    WlUapiText *text = g_string_new(NULL);

    g_string_append_printf(text, "set=1\nlisten_port=%u\n\n", listen_port);
    return text;
}

WlUapiText *
wl_uapi_set_peer(const WlPeerChange *change)
{
    static const WlKey no_key;
    gboolean whole = change->kind == WL_PEER_ADD || change->kind == WL_PEER_RECREATE;
    gboolean with_list = whole || (change->kind == WL_PEER_UPDATE && change->replace_allowed_ips);
    const GArray *list = with_list ? change->allowed_ips : NULL;
    /* All the room at once: growing would leave copies of the preshared key behind. */
    WlUapiText *text =
        g_string_sized_new(FIXED_SIZE + (list ? (gsize) list->len * ALLOWED_IP_SIZE : 0));

    g_string_append(text, "set=1\n");
    if (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE) {
        append_key(text, "public_key", &change->public_key);
        g_string_append(text, "remove=true\n");
    }
    if (change->kind != WL_PEER_REMOVE) {
        append_key(text, "public_key", &change->public_key);
        if (!whole)
            g_string_append(text, "update_only=true\n");
        if (whole || change->replace_settings) {
            append_key(text, "preshared_key",
                       change->has_preshared_key ? &change->preshared_key : &no_key);
            g_string_append_printf(text, "persistent_keepalive_interval=%u\n", change->keepalive);
        }
        if (wl_endpoint_is_set(&change->endpoint)) {
            g_autofree char *endpoint = wl_endpoint_to_string(&change->endpoint);

            g_string_append_printf(text, "endpoint=%s\n", endpoint);
        }
        if (with_list)
            g_string_append(text, "replace_allowed_ips=true\n");
        for (guint i = 0; list && i < list->len; i++) {
            g_autofree char *prefix = wl_prefix_to_string(&g_array_index(list, WlPrefix, i));

            g_string_append_printf(text, "allowed_ip=%s\n", prefix);
        }
    }
    g_string_append_c(text, '\n');
    return text;
}

static gboolean
parse_key(const char *hex, WlKey *key)
{
    if (strlen(hex) != 2 * WL_KEY_SIZE)
        return FALSE;
    for (guint i = 0; i < WL_KEY_SIZE; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]);
        int low = g_ascii_xdigit_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        key->bytes[i] = (guint8) (high << 4 | low);
    }
    return TRUE;
}

/* An IPv6 endpoint may come with a zone, "[fe80::1%eth0]:51820", which we have no use for. */
static gboolean
parse_endpoint(const char *value, WlEndpoint *endpoint)
{
    const char *zone = strchr(value, '%');
    const char *end = zone ? strchr(zone, ']') : NULL;
    g_autofree char *without = NULL;

    if (!end)
        return wl_endpoint_parse(value, endpoint);
    without = g_strdup_printf("%.*s%s", (int) (zone - value), value, end);
    return wl_endpoint_parse(without, endpoint);
}

static gboolean
parse_u16(const char *value, guint16 *number)
{
    guint64 wide;

    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT16, &wide, NULL))
        return FALSE;
    *number = (guint16) wide;
    return TRUE;
}

typedef struct {
    WlDevice *device;
    WlDevicePeer *peer; /* the one being read */
    guint64 seconds, nanoseconds;
    gint64 now;
} Parser;

static gboolean
parse_own_key(Parser *parser, const char *value)
{
    WlKey private_key;
    gboolean valid = parse_key(value, &private_key);

    if (valid)
        valid = wl_key_derive_public(&private_key, &parser->device->public_key);
    wl_key_wipe(&private_key);
    return valid;
}

static gboolean
parse_peer_line(Parser *parser, const char *key, const char *value)
{
    WlDevicePeer *peer = parser->peer;

    if (g_str_equal(key, "endpoint"))
        return parse_endpoint(value, &peer->endpoint);
    if (g_str_equal(key, "persistent_keepalive_interval"))
        return parse_u16(value, &peer->keepalive);
    if (g_str_equal(key, "rx_bytes"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &peer->rx_bytes, NULL);
    if (g_str_equal(key, "tx_bytes"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &peer->tx_bytes, NULL);
    if (g_str_equal(key, "last_handshake_time_sec"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &parser->seconds, NULL);
    if (g_str_equal(key, "last_handshake_time_nsec")) {
        if (!g_ascii_string_to_unsigned(value, 10, 0, 999999999, &parser->nanoseconds, NULL))
            return FALSE;
        /* The last of the two: seconds come first. */
        peer->handshake_age =
            wl_handshake_age((gint64) parser->seconds, (gint64) parser->nanoseconds, parser->now);
        return TRUE;
    }
    if (g_str_equal(key, "allowed_ip")) {
        WlPrefix prefix;

        if (!wl_prefix_parse(value, &prefix))
            return FALSE;
        g_array_append_val(peer->allowed_ips, prefix);
    }
    return TRUE; /* preshared_key, protocol_version and what later versions say */
}

static gboolean
parse_line(Parser *parser, const char *key, const char *value)
{
    WlKey public_key;

    if (g_str_equal(key, "public_key")) {
        if (!parse_key(value, &public_key))
            return FALSE;
        parser->peer = wl_device_peer_new(&public_key);
        parser->peer->handshake_age = -1;
        parser->seconds = parser->nanoseconds = 0;
        g_ptr_array_add(parser->device->peers, parser->peer);
        return TRUE;
    }
    if (parser->peer)
        return parse_peer_line(parser, key, value);
    if (g_str_equal(key, "private_key"))
        return parse_own_key(parser, value);
    if (g_str_equal(key, "listen_port"))
        return parse_u16(value, &parser->device->listen_port);
    return TRUE;
}

WlDevice *
wl_uapi_parse_device(const char *text, gsize length, gint64 now, GError **error)
{
    g_autoptr(WlDevice) device = wl_device_new();
    Parser parser = {.device = device, .now = now};
    const char *end = text + length;
    char line[256]; /* the longest one known is that of a key, 80 */

    while (text < end) {
        const char *next = memchr(text, '\n', (gsize) (end - text));
        gsize size = (gsize) ((next ? next : end) - text);
        gboolean valid = size < sizeof line;

        if (valid && size > 0) {
            char *value;

            memcpy(line, text, size);
            line[size] = '\0';
            value = strchr(line, '=');
            if (value)
                *value++ = '\0';
            valid = value && parse_line(&parser, line, value);
            if (!valid)
                g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                            "WireGuard answered with a line of no meaning for \"%s\"",
                            value ? line : "");
            explicit_bzero(line, sizeof line);
        } else if (!valid) {
            g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                        "WireGuard answered with a line of %" G_GSIZE_FORMAT " bytes", size);
        }
        if (!valid)
            return NULL;
        text = next ? next + 1 : end;
    }
    return g_steal_pointer(&device);
}

int
wl_uapi_connect(const char *ifname, pid_t *pid)
{
    g_autofree char *path = wl_uapi_socket_path(ifname);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred credentials = {0};
    socklen_t length = sizeof credentials;
    int fd, saved;

    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *) &address, sizeof address) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) {
        saved = errno;
        close(fd);
        return -saved;
    }
    *pid = credentials.pid;
    return fd;
}

void
wl_uapi_remove_stale_socket(const char *ifname)
{
    g_autofree char *path = wl_uapi_socket_path(ifname);
    pid_t pid;
    int fd = wl_uapi_connect(ifname, &pid);

    if (fd >= 0)
        close(fd);
    else if (fd == -ECONNREFUSED)
        unlink(path);
}

/* @deadline: of the whole exchange, in the time of g_get_monotonic_time(). */
static int
wait_for(int fd, short events, gint64 deadline)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int ready;

    do {
        gint64 left = MAX(deadline - g_get_monotonic_time(), 0);

        ready = poll(&poll_fd, 1, (int) (left / 1000));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return -errno;
    return ready == 0 ? -ETIMEDOUT : 0;
}

static int
send_all(int fd, const WlUapiText *text, gint64 deadline)
{
    gsize done = 0;

    while (done < text->len) {
        ssize_t sent = send(fd, text->str + done, text->len - done, MSG_NOSIGNAL);
        int result;

        if (sent >= 0) {
            done += (gsize) sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return -errno;
        result = wait_for(fd, POLLOUT, deadline);
        if (result < 0)
            return result;
    }
    return 0;
}

/* As g_string_set_size() to grow, but leaves no copy of what was in the old place. */
static WlUapiText *
grow(WlUapiText *text, gsize size)
{
    WlUapiText *larger = g_string_sized_new(size);

    g_string_append_len(larger, text->str, (gssize) text->len);
    wl_uapi_text_free(text);
    return larger;
}

static int
receive_all(int fd, WlUapiText **reply, gint64 deadline)
{
    WlUapiText *text = g_string_sized_new(4096);
    int result = 0;

    /* An answer ends with an empty line. */
    while (result == 0 && !(text->len >= 2 && memcmp(text->str + text->len - 2, "\n\n", 2) == 0)) {
        gsize room = text->allocated_len - text->len - 1;
        ssize_t length;

        if (room == 0) {
            if (text->len > WL_UAPI_MAX_REPLY) {
                result = -EMSGSIZE;
                break;
            }
            text = grow(text, text->len * 4);
            continue;
        }
        length = recv(fd, text->str + text->len, room, 0);
        if (length > 0) {
            text->len += (gsize) length;
            text->str[text->len] = '\0';
        } else if (length == 0) {
            result = -EPIPE;
        } else if (errno == EAGAIN) {
            result = wait_for(fd, POLLIN, deadline);
        } else if (errno != EINTR) {
            result = -errno;
        }
    }
    *reply = text;
    return result;
}

/* Takes the last line, "errno=N", off. Newer programs say 98, older ones -98. */
static int
take_status(WlUapiText *text)
{
    char *last = g_strrstr_len(text->str, (gssize) text->len, "errno=");
    gint64 number;

    if (!last || (last != text->str && last[-1] != '\n') ||
        !g_ascii_string_to_signed(g_strchomp(last + strlen("errno=")), 10, -MAX_ERRNO, MAX_ERRNO,
                                  &number, NULL))
        return -EPROTO;
    g_string_truncate(text, (gsize) (last - text->str));
    return (int) -ABS(number);
}

int
wl_uapi_exchange(const char *ifname, pid_t pid, const WlUapiText *request, WlUapiText **reply)
{
    WlUapiText *text = NULL;
    pid_t listener = 0;
    gint64 deadline = g_get_monotonic_time() + WL_UAPI_TIMEOUT * G_USEC_PER_SEC;
    int fd = wl_uapi_connect(ifname, &listener);
    int result;

    if (fd < 0)
        return fd;
    result = listener == pid ? send_all(fd, request, deadline) : -EPERM;
    if (result == 0)
        result = receive_all(fd, &text, deadline);
    if (result == 0)
        result = take_status(text);
    close(fd);
    if (result == 0 && reply)
        *reply = g_steal_pointer(&text);
    wl_uapi_text_free(text);
    return result;
}
