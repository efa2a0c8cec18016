/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-resolver.h"

#include <gio/gio.h>

#define MAX_ADDRESSES 16 /* of one name; more are not worth trying */

struct _WlResolver {
    WlResolverFunc func;
    gpointer user_data;
    GCancellable *cancellable;
    GHashTable *pending; /* names being looked up */
};

typedef struct {
    WlResolver *resolver; /* not to be touched after a cancellation */
    char *name;
    guint16 port;
} Lookup;

static void
lookup_free(Lookup *lookup)
{
    g_free(lookup->name);
    g_free(lookup);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)

WlResolver *
wl_resolver_new(WlResolverFunc func, gpointer user_data)
{
    WlResolver *self = g_new0(WlResolver, 1);

    self->func = func;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    self->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
wl_resolver_free(WlResolver *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_hash_table_unref(self->pending);
    g_free(self);
}

static void
on_resolved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Lookup) lookup = user_data;
    g_autoptr(GError) error = NULL;
    GList *addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    WlEndpoint endpoints[MAX_ADDRESSES];
    gsize n = 0;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (error)
        g_info("%s: %s", lookup->name, error->message);
    for (GList *item = addresses; item && n < MAX_ADDRESSES; item = item->next) {
        GInetAddress *address = item->data;
        WlFamily family = g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4 ? WL_FAMILY_V4
                                                                                     : WL_FAMILY_V6;

        memset(&endpoints[n], 0, sizeof(endpoints[n]));
        wl_ip_from_bytes(&endpoints[n].ip, family, g_inet_address_to_bytes(address));
        endpoints[n++].port = lookup->port;
    }
    g_resolver_free_addresses(addresses);
    g_hash_table_remove(lookup->resolver->pending, lookup->name);
    lookup->resolver->func(lookup->name, endpoints, n, lookup->resolver->user_data);
}

void
wl_resolver_resolve(WlResolver *self, const char *name)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_autoptr(GSocketConnectable) address = g_network_address_parse(name, 0, NULL);

    if (!address || !g_hash_table_add(self->pending, g_strdup(name)))
        return;
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->resolver = self;
    lookup->name = g_strdup(name);
    lookup->port = g_network_address_get_port(G_NETWORK_ADDRESS(address));
    g_resolver_lookup_by_name_async(resolver,
                                    g_network_address_get_hostname(G_NETWORK_ADDRESS(address)),
                                    self->cancellable, on_resolved, lookup);
}
