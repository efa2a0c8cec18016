/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Lookups of endpoint names: the DNS servers of all uplinks in parallel, then this machine's
 * resolver. */

#include "wl-resolver.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-dns-client.h"
#include "wl-limitation.h"

#define MAX_ADDRESSES 16 /* per name */

struct _WlResolver {
    WlResolverFunc func;
    gpointer user_data;
    GHashTable *pending; /* name -> Lookup */

    WlDnsRoute route;
    int port;           /* socket that reserves route.port; -1: none */
    gboolean by_vpn;    /* this machine's resolver uses DNS servers of a VPN */
    GPtrArray *uplinks; /* of WlDnsClient, one per uplink with servers */
};

typedef struct {
    WlResolver *resolver;
    char *name;
    char *host;
    guint16 port;
    guint n_pending;       /* queries to uplinks */
    GCancellable *machine; /* query to this machine's resolver; NULL: none */
} Lookup;

static void
stop(Lookup *lookup)
{
    GPtrArray *uplinks = lookup->resolver->uplinks;

    for (guint i = 0; i < uplinks->len; i++)
        wl_dns_client_cancel(uplinks->pdata[i], lookup);
    lookup->n_pending = 0;
    if (lookup->machine)
        g_cancellable_cancel(lookup->machine);
    g_clear_object(&lookup->machine);
}

static void
lookup_free(gpointer data)
{
    Lookup *lookup = data;

    stop(lookup);
    g_free(lookup->name);
    g_free(lookup->host);
    g_free(lookup);
}

static void
finish(Lookup *lookup, const WlIp *addresses, gsize n)
{
    WlResolver *self = lookup->resolver;
    g_autofree char *name = g_strdup(lookup->name);
    WlEndpoint endpoints[MAX_ADDRESSES];

    n = MIN(n, MAX_ADDRESSES);
    memset(endpoints, 0, sizeof endpoints);
    for (gsize i = 0; i < n; i++) {
        endpoints[i].ip = addresses[i];
        endpoints[i].port = lookup->port;
    }
    g_hash_table_remove(self->pending, name);
    self->func(name, endpoints, n, self->user_data);
}

/* ---- this machine's resolver --------------------------------------------------------------- */

static void
on_resolved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    GList *found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    Lookup *lookup = user_data; /* freed already after a cancellation */
    WlIp addresses[MAX_ADDRESSES];
    gsize n = 0;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (error)
        g_info("%s: %s", lookup->name, error->message);
    for (GList *item = found; item && n < MAX_ADDRESSES; item = item->next) {
        GInetAddress *address = item->data;
        WlFamily family = g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4 ? WL_FAMILY_V4
                                                                                     : WL_FAMILY_V6;

        wl_ip_from_bytes(&addresses[n++], family, g_inet_address_to_bytes(address));
    }
    g_resolver_free_addresses(found);
    finish(lookup, addresses, n);
}

static void
query_machine(Lookup *lookup)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();

    lookup->machine = g_cancellable_new();
    g_resolver_lookup_by_name_async(resolver, lookup->host, lookup->machine, on_resolved, lookup);
}

/* ---- the uplinks --------------------------------------------------------------------------- */

/* All uplinks are queried, because any may be offline; the first reply with an address is used. */
static void
on_uplink_reply(const WlIp *addresses, gsize n, const char *why, gpointer user_data)
{
    Lookup *lookup = user_data;

    if (n > 0) {
        finish(lookup, addresses, n);
        return;
    }
    g_info("%s does not resolve through an uplink: %s", lookup->name, why);
    /* The VPN's servers may know the name. */
    if (--lookup->n_pending == 0)
        query_machine(lookup);
}

static void
start(Lookup *lookup)
{
    WlResolver *self = lookup->resolver;
    g_autofree char *ascii = g_hostname_to_ascii(lookup->host);

    /* Names below .local are resolved by multicast only (RFC 6762). */
    if (self->by_vpn && ascii && !g_str_has_suffix(ascii, ".local")) {
        lookup->n_pending = self->uplinks->len;
        for (guint i = 0; i < self->uplinks->len; i++)
            wl_dns_client_resolve(self->uplinks->pdata[i], ascii, on_uplink_reply, lookup);
    }
    if (lookup->n_pending == 0)
        query_machine(lookup);
}

static gboolean
has_interface_before(const GArray *servers, guint i)
{
    for (guint j = 0; j < i; j++)
        if (g_str_equal(g_array_index(servers, WlDnsServer, j).interface,
                        g_array_index(servers, WlDnsServer, i).interface))
            return TRUE;
    return FALSE;
}

void
wl_resolver_set_servers(WlResolver *self, const GArray *servers, gboolean by_vpn)
{
    GHashTableIter iter;
    gpointer value;

    /* Pending lookups restart with the new servers. */
    g_hash_table_iter_init(&iter, self->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        stop(value);
    self->by_vpn = by_vpn || self->route.mark != 0;
    g_ptr_array_set_size(self->uplinks, 0);
    for (guint i = 0; self->by_vpn && i < servers->len; i++) {
        const WlDnsServer *server = &g_array_index(servers, WlDnsServer, i);
        g_autoptr(GError) error = NULL;
        WlDnsClient *client;

        if (has_interface_before(servers, i))
            continue;
        client = wl_dns_client_new(server->interface, (const WlDnsServer *) servers->data,
                                   servers->len, &self->route, &error);
        if (client)
            g_ptr_array_add(self->uplinks, client);
        else
            g_warning("%s", error->message);
    }
    g_hash_table_iter_init(&iter, self->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        start(value);
}

/* ---- life ---------------------------------------------------------------------------------- */

/* Reserves one port for the lifetime of the tunnel, so that a routing rule can match it. This
 * socket itself is never read. */
static int
reserve_port(guint16 *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *) &address, sizeof address) == 0 &&
        getsockname(fd, (struct sockaddr *) &address, &size) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    wl_limitation_add("endpoint-dns",
                      "queries for the names of endpoints may fail: cannot reserve a UDP "
                      "port: %s",
                      g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

WlResolver *
wl_resolver_new(guint32 mark, WlResolverFunc func, gpointer user_data)
{
    WlResolver *self = g_new0(WlResolver, 1);

    self->func = func;
    self->user_data = user_data;
    self->pending = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, lookup_free);
    self->uplinks = g_ptr_array_new_with_free_func((GDestroyNotify) wl_dns_client_free);
    self->route.mark = mark;
    self->port = mark ? reserve_port(&self->route.port) : -1;
    return self;
}

void
wl_resolver_free(WlResolver *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->pending);
    g_ptr_array_unref(self->uplinks);
    if (self->port >= 0)
        close(self->port);
    g_free(self);
}

void
wl_resolver_set_mark(WlResolver *self, guint32 mark)
{
    self->route.mark = mark;
    if (mark && self->port < 0)
        self->port = reserve_port(&self->route.port);
}

guint16
wl_resolver_get_port(const WlResolver *self)
{
    return self->route.port;
}

void
wl_resolver_resolve(WlResolver *self, const char *name)
{
    g_autoptr(GSocketConnectable) address = g_network_address_parse(name, 0, NULL);
    Lookup *lookup;

    if (!address || g_hash_table_contains(self->pending, name))
        return;
    lookup = g_new0(Lookup, 1);
    lookup->resolver = self;
    lookup->name = g_strdup(name);
    lookup->host = g_strdup(g_network_address_get_hostname(G_NETWORK_ADDRESS(address)));
    lookup->port = g_network_address_get_port(G_NETWORK_ADDRESS(address));
    g_hash_table_insert(self->pending, lookup->name, lookup);
    start(lookup);
}
