/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Values of the properties of the Peer interface
 * (data/org.freedesktop.NetworkManager.wirelink1.Peer.xml). */

#include "wl-peer-properties.h"

#include "wl-clock.h"
#include "wl-prefixes-variant.h"

static const char *const counters[] = {"LastHandshake", "LastReply", "RxBytes", "TxBytes", NULL};

const char *const wl_peer_properties_on_demand[] = {
    "Candidates", "LastHandshake", "LastAlive", "LastReply", "RoundTrip",
    "RxBytes",    "TxBytes",       "HeldBack",  NULL,
};

gboolean
wl_peer_properties_is_counter(const char *name)
{
    return g_strv_contains(counters, name);
}

static GVariant *
candidates_variant(const WlEngine *engine, const WlKey *key)
{
    g_autoptr(GArray) candidates = wl_engine_dup_candidates(engine, key);
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(ssss)"));
    for (guint i = 0; candidates && i < candidates->len; i++) {
        const WlCandidateView *view = &g_array_index(candidates, WlCandidateView, i);
        g_autofree char *endpoint = wl_endpoint_to_string(&view->endpoint);

        g_variant_builder_add(&list, "(ssss)", endpoint, view->rank, view->source,
                              wl_candidate_result_to_string(view->result));
    }
    return g_variant_builder_end(&list);
}

/* A peer has few of the reasons, and there can be thousands of peers. */
static GVariant *
held_back_variant(const WlEngine *engine, const WlKey *key)
{
    guint64 held_back[WL_HELD_BACK_N] = {0};
    GVariantBuilder counts;

    (void) wl_engine_get_held_back(engine, key, held_back);
    g_variant_builder_init(&counts, G_VARIANT_TYPE("a{st}"));
    for (WlHeldBackReason reason = 0; reason < WL_HELD_BACK_N; reason++) {
        if (held_back[reason] > 0)
            g_variant_builder_add(&counts, "{st}", wl_held_back_to_string(reason),
                                  held_back[reason]);
    }
    return g_variant_builder_end(&counts);
}

static void
insert_reason(GVariantDict *dict, const WlPeerView *view)
{
    static const char *const nothing[] = {NULL};
    const char *const *arguments =
        view->reason ? (const char *const *) view->reason->arguments : nothing;

    g_variant_dict_insert(dict, "Reason", "s", view->reason_text);
    g_variant_dict_insert(dict, "ReasonId", "s",
                          view->reason ? wl_reason_id_to_string(view->reason->id) : "");
    g_variant_dict_insert(dict, "ReasonArguments", "^as", arguments);
}

GVariant *
wl_peer_properties_new(const WlPeerView *view, const char *via, const char *attached)
{
    gboolean has_endpoint = wl_endpoint_is_set(&view->endpoint);
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "PublicKey",
                                g_variant_new_take_string(wl_key_to_string(&view->public_key)));
    g_variant_dict_insert(&dict, "Name", "s", view->name ? view->name : "");
    g_variant_dict_insert(&dict, "State", "s", wl_peer_state_to_string(view->state));
    insert_reason(&dict, view);
    g_variant_dict_insert(&dict, "Via", "o", via);
    g_variant_dict_insert(&dict, "Attached", "o", attached);
    g_variant_dict_insert_value(
        &dict, "Endpoint",
        g_variant_new_take_string(has_endpoint ? wl_endpoint_to_string(&view->endpoint)
                                               : g_strdup("")));
    g_variant_dict_insert_value(&dict, "AllowedIPs", wl_prefixes_to_variant(view->allowed_ips));
    g_variant_dict_insert(&dict, "Trust", "s",
                          view->trust == WL_TRUST_UNSET ? "" : wl_trust_to_string(view->trust));
    g_variant_dict_insert(&dict, "TrustSource", "s", wl_trust_source_to_string(view->trust_source));
    g_variant_dict_insert(&dict, "Router", "b", view->router);
    g_variant_dict_insert(&dict, "Basic", "b", view->basic);
    g_variant_dict_insert(&dict, "Configured", "b", view->configured);
    return g_variant_dict_end(&dict);
}

GVariant *
wl_peer_properties_get(WlSession *session, const WlPeerView *view, const char *name)
{
    if (g_str_equal(name, "Candidates"))
        return candidates_variant(wl_session_get_engine(session), &view->public_key);
    if (g_str_equal(name, "LastHandshake"))
        return g_variant_new_int64(wl_clock_to_unix(view->last_handshake));
    if (g_str_equal(name, "LastAlive"))
        return g_variant_new_int64(wl_clock_to_unix(view->last_alive));
    if (g_str_equal(name, "LastReply"))
        return g_variant_new_int64(wl_clock_to_unix(view->last_reply));
    if (g_str_equal(name, "RoundTrip"))
        return g_variant_new_uint32(wl_session_get_round_trip(session, &view->public_key));
    if (g_str_equal(name, "RxBytes"))
        return g_variant_new_uint64(view->rx_bytes);
    if (g_str_equal(name, "TxBytes"))
        return g_variant_new_uint64(view->tx_bytes);
    if (g_str_equal(name, "HeldBack"))
        return held_back_variant(wl_session_get_engine(session), &view->public_key);
    return NULL;
}
