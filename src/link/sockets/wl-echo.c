/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pending echo requests and measured round trips. Owns its sockets. The last bit of an ICMP
 * identifier distinguishes requests of the caller from measurements. Times are in µs of
 * g_get_monotonic_time().
 */
#include "wl-echo.h"

#include <string.h>

#include "wl-echo-socket.h"
#include "wl-hash.h"

#define MEASURE_INTERVAL (1 * G_USEC_PER_SEC)
#define REPLY_TIMEOUT    (3 * G_USEC_PER_SEC)
#define RESULT_AGE       (60 * G_USEC_PER_SEC)
#define MAX_PEERS        2048
#define CALLER_BIT       1

typedef struct {
    guint16 sequence; /* of the last request */
    gint64 sent;      /* of the pending request; 0: none pending */
    gint64 measured;  /* 0: never */
    guint32 round_trip;
} Measurement;

typedef struct {
    gboolean pending;
    guint16 sequence;
    WlIp destination;
    WlKey key;
} Request;

struct _WlEcho {
    WlEchoSocket *v6;
    WlEchoSocket *v4; /* NULL: no IPv4 requests */
    WlIp local;
    guint16 identifier; /* even: of measurements; the next one: of the caller's requests */
    guint16 sequence;
    GHashTable *measurements; /* WlIp* -> Measurement */
    Request requests[WL_ECHO_REQUESTS];
    WlEchoReplyFunc replied;
    gpointer user_data;
};

static guint
ip_hash(gconstpointer key)
{
    return wl_hash(((const WlIp *) key)->bytes, sizeof(((const WlIp *) key)->bytes));
}

static gboolean
ip_equal(gconstpointer a, gconstpointer b)
{
    return wl_ip_equal(a, b);
}

/* ---- replies ------------------------------------------------------------------------------- */

static void
handle_measurement(WlEcho *self, const WlIp *source, guint16 sequence)
{
    Measurement *measurement = g_hash_table_lookup(self->measurements, source);
    gint64 now = g_get_monotonic_time();

    if (!measurement || measurement->sent == 0 || measurement->sequence != sequence)
        return;
    measurement->round_trip = (guint32) CLAMP(now - measurement->sent, 1, G_MAXUINT32);
    measurement->measured = now;
    measurement->sent = 0;
}

static void
handle_request(WlEcho *self, const WlIp *source, guint16 sequence)
{
    Request *request = &self->requests[sequence % WL_ECHO_REQUESTS];
    WlKey key = request->key;

    if (!request->pending || request->sequence != sequence ||
        !wl_ip_equal(&request->destination, source))
        return;
    request->pending = FALSE;
    self->replied(&key, sequence, self->user_data);
}

static void
on_reply(const WlIp *source, guint16 identifier, guint16 sequence, gpointer user_data)
{
    WlEcho *self = user_data;

    if (identifier == self->identifier)
        handle_measurement(self, source, sequence);
    else if (identifier == (self->identifier | CALLER_BIT))
        handle_request(self, source, sequence);
}

/* ---- creation ------------------------------------------------------------------------------ */

WlEcho *
wl_echo_new(WlRawSockets *sockets, const WlIp *local, int ifindex, WlEchoReplyFunc replied,
            gpointer user_data, GError **error)
{
    int fd6 = wl_raw_sockets_steal(&sockets->icmp6), fd4 = wl_raw_sockets_steal(&sockets->icmp4);
    WlEcho *self = g_new0(WlEcho, 1);

    self->local = *local;
    self->identifier = (guint16) g_random_int() & (guint16) ~CALLER_BIT;
    self->sequence = (guint16) g_random_int();
    self->measurements = g_hash_table_new_full(ip_hash, ip_equal, g_free, g_free);
    self->replied = replied;
    self->user_data = user_data;
    self->v6 =
        wl_echo_socket_new(fd6, WL_FAMILY_V6, ifindex, self->identifier, on_reply, self, error);
    /* Also without the other one, for the function closes the socket if it fails. */
    if (fd4 >= 0)
        self->v4 = wl_echo_socket_new(fd4, WL_FAMILY_V4, ifindex, self->identifier, on_reply, self,
                                      self->v6 ? error : NULL);
    if (self->v6 && (fd4 < 0 || self->v4))
        return self;
    wl_echo_free(self);
    return NULL;
}

void
wl_echo_free(WlEcho *self)
{
    if (!self)
        return;
    wl_echo_socket_free(self->v6);
    wl_echo_socket_free(self->v4);
    g_hash_table_unref(self->measurements);
    g_free(self);
}

/* ---- requests of the caller ---------------------------------------------------------------- */

void
wl_echo_send(WlEcho *self, const WlKey *key, const WlIp *source, const WlIp *destination,
             guint16 sequence)
{
    Request *request = &self->requests[sequence % WL_ECHO_REQUESTS];
    WlEchoSocket *socket = destination->family == WL_FAMILY_V4 ? self->v4 : self->v6;

    if (source->family == WL_FAMILY_NONE)
        source = &self->local;
    if (source->family == WL_FAMILY_V4 ? destination->family != WL_FAMILY_V4
                                       : destination->family != WL_FAMILY_V6)
        return;
    *request =
        (Request){.pending = TRUE, .sequence = sequence, .destination = *destination, .key = *key};
    if (socket)
        wl_echo_socket_send(socket, self->identifier | CALLER_BIT, sequence, source, destination);
}

/* ---- round trips --------------------------------------------------------------------------- */

static Measurement *
find_or_add(WlEcho *self, const WlIp *ip)
{
    Measurement *measurement = g_hash_table_lookup(self->measurements, ip);

    if (measurement || g_hash_table_size(self->measurements) >= MAX_PEERS)
        return measurement;
    measurement = g_new0(Measurement, 1);
    g_hash_table_insert(self->measurements, g_memdup2(ip, sizeof *ip), measurement);
    return measurement;
}

guint32
wl_echo_get_round_trip(WlEcho *self, const WlIp *ip)
{
    const Measurement *measurement = g_hash_table_lookup(self->measurements, ip);

    if (!measurement || measurement->measured == 0 ||
        g_get_monotonic_time() - measurement->measured > RESULT_AGE)
        return 0;
    return measurement->round_trip;
}

void
wl_echo_measure(WlEcho *self, const WlIp *ip)
{
    gint64 now = g_get_monotonic_time();
    Measurement *measurement = find_or_add(self, ip);

    if (!measurement ||
        (measurement->measured != 0 && now - measurement->measured < MEASURE_INTERVAL))
        return;
    if (measurement->sent != 0) {
        if (now - measurement->sent < REPLY_TIMEOUT)
            return;
        /* The last request got no reply, so the former round trip is outdated. */
        measurement->measured = 0;
    }
    measurement->sequence = self->sequence++;
    measurement->sent = now;
    wl_echo_socket_send(self->v6, self->identifier, measurement->sequence, &self->local, ip);
}

void
wl_echo_forget(WlEcho *self, const WlIp *ip)
{
    g_hash_table_remove(self->measurements, ip);
}
