/* SPDX-License-Identifier: GPL-2.0-or-later */

/* DNS queries with c-ares, driven by the main loop. Sockets are marked and bound before use; a
 * socket for which that fails is not used, because its queries would enter the tunnel. Timeouts are
 * milliseconds. */

#include "wl-dns-client.h"

#include <ares.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"

#define MAX_ADDRESSES 16   /* per name */
#define TIMEOUT_MS    2000 /* per server, for the first attempt */
#define TRIES         2

struct _WlDnsClient {
    WlDnsRoute route;
    char *interface;    /* of the servers; "": any */
    char *socket_error; /* of the last socket; NULL: none */
    ares_channel channel;
    GHashTable *watches; /* file descriptor -> GSource */
    guint timeout_id;
    GPtrArray *queries; /* of Query */
};

typedef struct {
    WlDnsClient *client;
    WlDnsClientFunc func; /* NULL: canceled */
    gpointer user_data;
    guint reply_id; /* source that delivers the reply; 0: pending */
    WlIp addresses[MAX_ADDRESSES];
    gsize n;
    int status;
} Query;

static void
query_free(gpointer data)
{
    Query *query = data;

    g_clear_handle_id(&query->reply_id, g_source_remove);
    g_free(query);
}

/* ---- c-ares and the main loop -------------------------------------------------------------- */

static void schedule(WlDnsClient *self);

static gboolean
on_ready(int fd, GIOCondition condition, gpointer user_data)
{
    WlDnsClient *self = user_data;
    gboolean in = (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0;
    gboolean out = (condition & G_IO_OUT) != 0;

    ares_process_fd(self->channel, in ? fd : ARES_SOCKET_BAD, out ? fd : ARES_SOCKET_BAD);
    schedule(self);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_timeout(gpointer user_data)
{
    WlDnsClient *self = user_data;

    self->timeout_id = 0;
    ares_process_fd(self->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    schedule(self);
    return G_SOURCE_REMOVE;
}

/* Calls c-ares at its next timeout. */
static void
schedule(WlDnsClient *self)
{
    struct timeval room, *next = ares_timeout(self->channel, NULL, &room);

    g_clear_handle_id(&self->timeout_id, g_source_remove);
    /* Rounded up, or the timeout would fire early and repeat. */
    if (next)
        self->timeout_id = g_timeout_add(
            (guint) (next->tv_sec * 1000 + (next->tv_usec + 999) / 1000), on_timeout, self);
}

static void
watch_free(gpointer data)
{
    GSource *source = data;

    wl_source_clear(&source);
}

static void
on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    WlDnsClient *self = data;
    GIOCondition condition = (readable ? G_IO_IN : 0) | (writable ? G_IO_OUT : 0);

    g_hash_table_remove(self->watches, GINT_TO_POINTER(fd));
    if (condition)
        g_hash_table_insert(self->watches, GINT_TO_POINTER(fd),
                            wl_fd_source_new(fd, condition, on_ready, self));
}

/* ---- bypassing the tunnel ---------------------------------------------------------------------
 */

static gboolean
bind_to_port(int fd, guint16 port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
           bind(fd, (struct sockaddr *) &any, sizeof any) == 0;
}

/* Without this the query would go through the tunnel. */
static int
refuse(WlDnsClient *self, const char *what)
{
    self->socket_error = g_strdup_printf(
        "queries to the DNS servers of %s would enter the tunnel: failed to %s the "
        "socket: %s",
        *self->interface ? self->interface : "the uplinks", what, g_strerror(errno));
    wl_limitation_add("endpoint-dns", "names of endpoints are not resolved: %s",
                      self->socket_error);
    return -1;
}

static int
configure_socket(ares_socket_t fd, int type, void *data)
{
    WlDnsClient *self = data;
    guint32 mark = self->route.mark;
    int family = AF_UNSPEC;
    socklen_t size = sizeof family;

    g_clear_pointer(&self->socket_error, g_free);
    if (mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0)
        return refuse(self, "mark");
    /* This also provides the scope of link-local servers. ares_set_local_dev() would continue after
     * a failure. */
    if (*self->interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, self->interface,
                                       (socklen_t) strlen(self->interface)) < 0)
        return refuse(self, "bind");
    if (!self->route.port || type != SOCK_DGRAM)
        return 0;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) < 0)
        return refuse(self, "inspect");
    return family != AF_INET || bind_to_port(fd, self->route.port)
               ? 0
               : refuse(self, "set the port of");
}

/* ---- queries ----------------------------------------------------------------- */

static gboolean
on_reply_idle(gpointer user_data)
{
    Query *query = user_data;
    const char *socket_error = query->client->socket_error;
    guint index;

    /* The function may free the client. */
    query->reply_id = 0;
    if (g_ptr_array_find(query->client->queries, query, &index))
        g_ptr_array_steal_index_fast(query->client->queries, index);
    if (query->func)
        query->func(query->addresses, query->n,
                    socket_error ? socket_error : ares_strerror(query->status), query->user_data);
    query_free(query);
    return G_SOURCE_REMOVE;
}

static void
take(Query *query, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *) address;
    const struct sockaddr_in6 *v6 = (const void *) address;
    WlIp *ip = &query->addresses[query->n];

    if (address->sa_family == AF_INET)
        wl_ip_from_bytes(ip, WL_FAMILY_V4, (const guint8 *) &v4->sin_addr);
    else if (address->sa_family == AF_INET6)
        wl_ip_from_bytes(ip, WL_FAMILY_V6, (const guint8 *) &v6->sin6_addr);
    else
        return;
    query->n++;
}

/* c-ares may call this before ares_getaddrinfo() returns, and must not be freed from here. */
static void
on_addresses(void *data, int status, int timeouts, struct ares_addrinfo *result)
{
    Query *query = data;

    for (const struct ares_addrinfo_node *node = result ? result->nodes : NULL;
         node && query->n < MAX_ADDRESSES; node = node->ai_next)
        take(query, node->ai_addr);
    if (result)
        ares_freeaddrinfo(result);
    query->status = status;
    query->reply_id = g_idle_add(on_reply_idle, query);
}

void
wl_dns_client_resolve(WlDnsClient *self, const char *host, WlDnsClientFunc func, gpointer user_data)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_flags = ARES_AI_NOSORT};
    Query *query = g_new0(Query, 1);

    query->client = self;
    query->func = func;
    query->user_data = user_data;
    g_ptr_array_add(self->queries, query);
    ares_getaddrinfo(self->channel, host, NULL, &hints, on_addresses, query);
    schedule(self);
}

void
wl_dns_client_cancel(WlDnsClient *self, gpointer user_data)
{
    for (guint i = 0; i < self->queries->len; i++) {
        Query *query = self->queries->pdata[i];

        if (query->user_data == user_data)
            query->func = NULL;
    }
}

/* ---- life ---------------------------------------------------------------------------------- */

static int
set_servers(WlDnsClient *self, const char *interface, const WlDnsServer *servers, gsize n)
{
    g_autofree struct ares_addr_node *nodes = g_new0(struct ares_addr_node, MAX(n, 1));
    gsize used = 0;

    for (gsize i = 0; i < n; i++) {
        struct ares_addr_node *node = &nodes[used];

        if (!g_str_equal(servers[i].interface, interface))
            continue;
        if (servers[i].address.family == WL_FAMILY_V4) {
            node->family = AF_INET;
            memcpy(&node->addr.addr4, servers[i].address.bytes, 4);
        } else {
            node->family = AF_INET6;
            memcpy(&node->addr.addr6, servers[i].address.bytes, 16);
        }
        if (used++ > 0)
            nodes[used - 2].next = node;
    }
    /* Deprecated since c-ares 1.24, whose successor ares_set_servers_csv() differs between
     * versions: 1.18 keeps the machine's servers if the list is empty and refuses the scope of a
     * link-local server, without which 1.34 leaves that server out. */
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    return ares_set_servers(self->channel, used > 0 ? nodes : NULL);
    G_GNUC_END_IGNORE_DEPRECATIONS
}

static int
open_channel(WlDnsClient *self)
{
    static gboolean initialized;
    struct ares_options options = {
        /* No TCP: replies fit into a datagram, and no rule lets a TCP connection bypass the tunnel.
         * No search domains. */
        .flags = ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS,
        .timeout = TIMEOUT_MS,
        .tries = TRIES,
        .lookups = (char *) "fb", /* /etc/hosts, then the servers */
        .ednspsz = 1232,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = self,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB;
    int status = initialized ? ARES_SUCCESS : ares_library_init(ARES_LIB_INIT_ALL);

    initialized = status == ARES_SUCCESS;
    return initialized ? ares_init_options(&self->channel, &options, mask) : status;
}

WlDnsClient *
wl_dns_client_new(const char *interface, const WlDnsServer *servers, gsize n,
                  const WlDnsRoute *route, GError **error)
{
    g_autoptr(WlDnsClient) self = g_new0(WlDnsClient, 1);
    int status;

    self->route = *route;
    self->interface = g_strdup(interface);
    self->watches = g_hash_table_new_full(NULL, NULL, NULL, watch_free);
    self->queries = g_ptr_array_new_with_free_func(query_free);
    status = open_channel(self);
    if (status == ARES_SUCCESS)
        status = set_servers(self, interface, servers, n);
    if (status != ARES_SUCCESS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "failed to query the DNS servers of %s: %s", interface, ares_strerror(status));
        return NULL;
    }
    ares_set_socket_configure_callback(self->channel, configure_socket, self);
    return g_steal_pointer(&self);
}

void
wl_dns_client_free(WlDnsClient *self)
{
    if (!self)
        return;
    /* Completes pending queries and closes the sockets, which removes their watches. */
    g_clear_pointer(&self->channel, ares_destroy);
    g_clear_handle_id(&self->timeout_id, g_source_remove);
    g_hash_table_unref(self->watches);
    g_ptr_array_unref(self->queries);
    g_free(self->interface);
    g_free(self->socket_error);
    g_free(self);
}
