/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Values of the properties and facts of the Link interface
 * (data/org.freedesktop.NetworkManager.wirelink1.Link.xml). */

#include "wl-link-properties.h"

#include "wl-clock.h"
#include "wl-datagram.h"
#include "wl-limitation.h"
#include "wl-link-local.h"
#include "wl-mapping-text.h"
#include "wl-prefixes-variant.h"
#include "wl-reason.h"
#include "wl-text-sanitize.h"

const char *const wl_link_properties_on_demand[] = {"FactCount",    "ReceiveCounters", "HeldBack",
                                                    "RouterReason", "RouterSince",     NULL};

static GVariant *
receive_counters_variant(const WlEngine *engine)
{
    const guint64 *received = wl_engine_get_receive_counters(engine);
    const guint64 *refused = wl_engine_get_verdict_counters(engine);
    GVariantBuilder counts;

    g_variant_builder_init(&counts, G_VARIANT_TYPE("a{st}"));
    for (guint i = 0; i < WL_RECEIVE_N_RESULTS; i++)
        g_variant_builder_add(&counts, "{st}", wl_receive_result_label(i), received[i]);
    for (WlVerdict verdict = WL_VERDICT_ACCEPTED + 1; verdict < WL_VERDICT_N; verdict++) {
        g_autofree char *name =
            g_strconcat("refused-", wl_reason_id_to_string(WL_REASON_REFUSED + verdict), NULL);
        g_variant_builder_add(&counts, "{st}", name, refused[verdict]);
    }
    return g_variant_builder_end(&counts);
}

static GVariant *
held_back_variant(const WlEngine *engine)
{
    guint64 held_back[WL_HELD_BACK_N];
    GVariantBuilder counts;

    (void) wl_engine_get_held_back(engine, NULL, held_back);
    g_variant_builder_init(&counts, G_VARIANT_TYPE("a{st}"));
    for (WlHeldBackReason reason = 0; reason < WL_HELD_BACK_N; reason++)
        g_variant_builder_add(&counts, "{st}", wl_held_back_to_string(reason), held_back[reason]);
    return g_variant_builder_end(&counts);
}

/* "RouterReason" or "RouterSince". */
static GVariant *
router_variant(const WlEngine *engine, const char *name)
{
    WlRouterSetView view;

    wl_engine_get_routers(engine, &view);
    g_array_unref(view.members);
    if (g_str_equal(name, "RouterReason"))
        return g_variant_new_string(wl_router_reason_to_string(view.reason));
    return g_variant_new_int64(wl_clock_to_unix(view.since));
}

static GVariant *
limitations_variant(void)
{
    const GPtrArray *limitations = wl_limitations_get();
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(ss)"));
    for (guint i = 0; i < limitations->len; i++) {
        const WlLimitation *limitation = g_ptr_array_index(limitations, i);
        g_autofree char *text = wl_text_sanitize(limitation->text, -1, G_MAXSIZE, ' ');

        g_variant_builder_add(&list, "(ss)", limitation->id, text);
    }
    return g_variant_builder_end(&list);
}

/* The first peer with a default route, or half of one. */
static GVariant *
exit_variant(const WlEngineConfig *config, const WlSessionSettings *settings)
{
    for (guint i = 0; settings->full_tunnel && i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            if (g_array_index(peer->allowed_ips, WlPrefix, j).length <= 1)
                return g_variant_new_take_string(wl_key_to_string(&peer->public_key));
        }
    }
    return g_variant_new_string("");
}

static GVariant *
port_mappings_variant(const WlSession *session)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(ss)"));
    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        const WlMappingView *view = wl_session_get_mapping(session, i);
        g_autofree char *text = view ? wl_mapping_describe(view) : NULL;

        if (text)
            g_variant_builder_add(&list, "(ss)", wl_mapping_state_to_string(view->state), text);
    }
    return g_variant_builder_end(&list);
}

static GVariant *
shared_variant(const WlSession *session)
{
    const WlSessionSettings *settings = wl_session_get_settings(session);

    return wl_session_is_gateway(session) ? wl_prefixes_to_variant(settings->shared_networks)
                                          : g_variant_new("as", NULL);
}

GVariant *
wl_link_properties_new(WlSession *session, const WlLinkProfile *profile,
                       const WlLinkRouters *routers)
{
    const WlEngine *engine = wl_session_get_engine(session);
    const WlSessionSettings *settings = wl_session_get_settings(session);
    const WlEngineConfig *config = wl_session_get_config(session);
    const WlKey *own = wl_engine_get_public_key(engine);
    g_autoptr(GArray) networks = wl_engine_dup_networks(engine);
    GVariantDict dict;
    WlIp link_local;

    wl_key_link_local(own, &link_local);
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "Uuid", "s", settings->uuid);
    g_variant_dict_insert(&dict, "Id", "s", profile->id);
    g_variant_dict_insert(&dict, "ActiveConnection", "o", profile->active_connection);
    g_variant_dict_insert(&dict, "FrontEnd", "s", profile->front_end);
    g_variant_dict_insert(&dict, "Interface", "s", settings->interface);
    g_variant_dict_insert(&dict, "Backend", "s", wl_link_get_backend(wl_session_get_link(session)));
    g_variant_dict_insert_value(&dict, "PublicKey",
                                g_variant_new_take_string(wl_key_to_string(own)));
    g_variant_dict_insert_value(&dict, "LinkLocalAddress",
                                g_variant_new_take_string(wl_ip_to_string(&link_local)));
    g_variant_dict_insert(&dict, "ListenPort", "q", wl_engine_get_listen_port(engine));
    g_variant_dict_insert(&dict, "FactPort", "q", settings->fact_port);
    g_variant_dict_insert(&dict, "Role", "s", wl_engine_is_router(engine) ? "router" : "leaf");
    g_variant_dict_insert(&dict, "RoleSource", "s",
                          config->role == WL_ROLE_AUTOMATIC ? "detected" : "profile");
    g_variant_dict_insert_value(&dict, "Addresses", wl_prefixes_to_variant(config->addresses));
    g_variant_dict_insert_value(&dict, "Networks", wl_prefixes_to_variant(networks));
    g_variant_dict_insert(&dict, "Uplink", "s", wl_session_get_uplink(session));
    g_variant_dict_insert_value(&dict, "Exit", exit_variant(config, settings));
    g_variant_dict_insert(&dict, "KillSwitch", "b", settings->kill_switch);
    g_variant_dict_insert_value(&dict, "PortMappings", port_mappings_variant(session));
    g_variant_dict_insert(&dict, "OffersExit", "b",
                          settings->offer_exit && wl_session_is_gateway(session));
    g_variant_dict_insert_value(&dict, "SharedNetworks", shared_variant(session));
    g_variant_dict_insert(&dict, "RouterSet", "^ao", routers->set);
    g_variant_dict_insert(&dict, "Router", "o", routers->current);
    g_variant_dict_insert(&dict, "PendingKeys", "^as", profile->pending);
    g_variant_dict_insert(&dict, "ProfileError", "s", profile->error);
    g_variant_dict_insert_value(&dict, "Limitations", limitations_variant());
    g_variant_dict_insert(&dict, "Version", "s", WL_VERSION);
    return g_variant_dict_end(&dict);
}

GVariant *
wl_link_properties_get(WlSession *session, const char *name)
{
    const WlEngine *engine = wl_session_get_engine(session);

    if (g_str_equal(name, "FactCount"))
        return g_variant_new_uint32(wl_engine_get_fact_count(engine));
    if (g_str_equal(name, "HeldBack"))
        return held_back_variant(engine);
    if (g_str_has_prefix(name, "Router"))
        return router_variant(engine, name);
    return g_str_equal(name, "ReceiveCounters") ? receive_counters_variant(engine) : NULL;
}

/* ---- facts */

static guint32
seconds_left(const WlFactView *view, gint64 now)
{
    return view->stale || view->expires <= now
               ? 0
               : (guint32) MIN((view->expires - now) / G_USEC_PER_SEC, G_MAXUINT32);
}

static GVariant *
fact_variant(const WlFactView *view, gint64 now)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "Subject",
                                g_variant_new_take_string(wl_key_to_string(&view->subject)));
    g_variant_dict_insert(&dict, "SubjectName", "s", view->subject_name);
    g_variant_dict_insert(&dict, "Type", "s", view->type);
    g_variant_dict_insert(&dict, "Value", "s", view->value);
    g_variant_dict_insert_value(&dict, "Source",
                                view->local
                                    ? g_variant_new_string("")
                                    : g_variant_new_take_string(wl_key_to_string(&view->source)));
    g_variant_dict_insert(&dict, "SourceName", "s", view->source_name);
    g_variant_dict_insert(&dict, "Accepted", "b", view->accepted);
    g_variant_dict_insert(&dict, "Reason", "s", view->reason->text);
    g_variant_dict_insert(&dict, "ReasonId", "s", wl_reason_id_to_string(view->reason->id));
    g_variant_dict_insert(&dict, "ReasonArguments", "^as", view->reason->arguments);
    g_variant_dict_insert(&dict, "Expires", "u", seconds_left(view, now));
    return g_variant_dict_end(&dict);
}

GVariant *
wl_link_properties_facts(WlSession *session)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(wl_session_get_engine(session));
    gint64 now = wl_clock_now();
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < facts->len; i++)
        g_variant_builder_add_value(&list, fact_variant(g_ptr_array_index(facts, i), now));
    return g_variant_builder_end(&list);
}

GVariant *
wl_link_properties_events(const WlSession *session)
{
    const WlEventList *list = wl_session_get_events(session);
    GVariantBuilder events;

    g_variant_builder_init(&events, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < list->events->len; i++) {
        const WlEvent *event = g_ptr_array_index(list->events, i);
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "Time", "x", event->time);
        g_variant_dict_insert(&dict, "Kind", "s", wl_event_kind_to_string(event->kind));
        g_variant_dict_insert(&dict, "PublicKey", "s", event->key);
        g_variant_dict_insert(&dict, "Name", "s", event->name);
        g_variant_dict_insert(&dict, "State", "s", event->state);
        g_variant_dict_insert(&dict, "Text", "s", event->text);
        g_variant_builder_add_value(&events, g_variant_dict_end(&dict));
    }
    return g_variant_builder_end(&events);
}
