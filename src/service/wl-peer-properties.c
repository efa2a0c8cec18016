/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peer-properties.h"

#include "wl-clock.h"

static GVariant *
prefixes_variant(const GArray *prefixes)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint i = 0; prefixes && i < prefixes->len; i++)
        g_variant_builder_add_value(&list, g_variant_new_take_string(wl_prefix_to_string(
                                               &g_array_index(prefixes, WlPrefix, i))));
    return g_variant_builder_end(&list);
}

static void
insert_settled(GVariantDict *dict, const WlPeerView *view, const char *via)
{
    gboolean has_endpoint = wl_endpoint_is_set(&view->endpoint);

    g_variant_dict_insert_value(dict, "PublicKey",
                                g_variant_new_take_string(wl_key_to_string(&view->public_key)));
    g_variant_dict_insert(dict, "Name", "s", view->name ? view->name : "");
    g_variant_dict_insert(dict, "State", "s", wl_peer_state_to_string(view->state));
    g_variant_dict_insert(dict, "Reason", "s", view->reason ? view->reason : "");
    g_variant_dict_insert(dict, "Via", "o", via);
    g_variant_dict_insert_value(
        dict, "Endpoint",
        g_variant_new_take_string(has_endpoint ? wl_endpoint_to_string(&view->endpoint)
                                               : g_strdup("")));
    g_variant_dict_insert_value(dict, "AllowedIPs", prefixes_variant(view->allowed_ips));
    g_variant_dict_insert(dict, "Trust", "s",
                          view->trust == WL_TRUST_UNSET ? "" : wl_trust_to_string(view->trust));
    g_variant_dict_insert(dict, "TrustBy", "s", wl_trust_source_to_string(view->trust_by));
    g_variant_dict_insert(dict, "Router", "b", view->router);
    g_variant_dict_insert(dict, "Basic", "b", view->basic);
}

GVariant *
wl_peer_properties_new(const WlPeerView *view, const char *via)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    insert_settled(&dict, view, via);
    return g_variant_dict_end(&dict);
}

GVariant *
wl_peer_properties_new_all(const WlPeerView *view, const char *via)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    insert_settled(&dict, view, via);
    g_variant_dict_insert(&dict, "LastHandshake", "x", wl_clock_to_unix(view->last_handshake));
    g_variant_dict_insert(&dict, "RxBytes", "t", view->rx_bytes);
    g_variant_dict_insert(&dict, "TxBytes", "t", view->tx_bytes);
    return g_variant_dict_end(&dict);
}
