/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON of profiles, peers and facts. The names of members follow the properties on D-Bus, in
 * lower case with underscores. Objects belong to the caller.
 */
#include "wl-json.h"

#include "wl-active-routers.h"

typedef enum {
    AS_STRING,
    AS_NUMBER,
    AS_SIGNED,
    AS_BOOLEAN,
    AS_LIST,  /* of strings */
    AS_PAIRS, /* of id and sentence */
} Kind;

typedef struct {
    const char *property, *member;
    Kind kind;
} Member;

static const Member link_members[] = {
    {"Id", "id", AS_STRING},
    {"Uuid", "uuid", AS_STRING},
    {"Interface", "interface", AS_STRING},
    {"Backend", "backend", AS_STRING},
    {"PublicKey", "public_key", AS_STRING},
    {"LinkLocalAddress", "link_local_address", AS_STRING},
    {"ListenPort", "listen_port", AS_NUMBER},
    {"FactPort", "fact_port", AS_NUMBER},
    {"Role", "role", AS_STRING},
    {"RoleSource", "role_source", AS_STRING},
    {"Addresses", "addresses", AS_LIST},
    {"Networks", "networks", AS_LIST},
    {"Uplink", "uplink", AS_STRING},
    {"Exit", "exit", AS_STRING},
    {"KillSwitch", "kill_switch", AS_BOOLEAN},
    {"PortMappings", "port_mappings", AS_PAIRS},
    {"OffersExit", "offers_exit", AS_BOOLEAN},
    {"SharedNetworks", "shared_networks", AS_LIST},
    {"PendingKeys", "pending_keys", AS_LIST},
    {"ProfileError", "profile_error", AS_STRING},
    {"Limitations", "limitations", AS_PAIRS},
    {"FactCount", "fact_count", AS_NUMBER},
    {"Version", "version", AS_STRING},
};

static const Member peer_members[] = {
    {"PublicKey", "public_key", AS_STRING},
    {"Name", "name", AS_STRING},
    {"State", "state", AS_STRING},
    {"Reason", "reason", AS_STRING},
    {"Endpoint", "endpoint", AS_STRING},
    {"AllowedIPs", "allowed_ips", AS_LIST},
    {"Trust", "trust", AS_STRING},
    {"TrustSource", "trust_source", AS_STRING},
    {"Configured", "configured", AS_BOOLEAN},
    {"Router", "router", AS_BOOLEAN},
    {"Basic", "basic", AS_BOOLEAN},
    {"LastHandshake", "last_handshake", AS_SIGNED},
    {"LastAlive", "last_alive", AS_SIGNED},
    {"LastReply", "last_reply", AS_SIGNED},
    {"RoundTrip", "round_trip_us", AS_NUMBER},
    {"RxBytes", "rx_bytes", AS_NUMBER},
    {"TxBytes", "tx_bytes", AS_NUMBER},
};

static const Member fact_members[] = {
    {"Subject", "subject", AS_STRING},    {"SubjectName", "subject_name", AS_STRING},
    {"Type", "type", AS_STRING},          {"Value", "value", AS_STRING},
    {"Source", "source", AS_STRING},      {"SourceName", "source_name", AS_STRING},
    {"Accepted", "accepted", AS_BOOLEAN}, {"Reason", "reason", AS_STRING},
    {"Expires", "expires", AS_NUMBER},
};

static JsonArray *
list_to_json(GVariant *properties, const char *name)
{
    g_autoptr(GVariant) list = wl_property_value(properties, name, "as");
    JsonArray *array = json_array_new();

    for (gsize i = 0; list && i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) string = g_variant_get_child_value(list, i);

        json_array_add_string_element(array, g_variant_get_string(string, NULL));
    }
    return array;
}

static JsonArray *
pairs_to_json(GVariant *properties, const char *name)
{
    g_autoptr(GVariant) pairs = wl_property_value(properties, name, "a(ss)");
    JsonArray *array = json_array_new();

    for (gsize i = 0; pairs && i < g_variant_n_children(pairs); i++) {
        JsonObject *object = json_object_new();
        const char *id, *sentence;

        g_variant_get_child(pairs, i, "(&s&s)", &id, &sentence);
        json_object_set_string_member(object, "id", id);
        json_object_set_string_member(object, "text", sentence);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void
set_members(JsonObject *object, GVariant *properties, const Member *members, gsize n)
{
    for (const Member *i = members; i < members + n; i++) {
        switch (i->kind) {
        case AS_STRING:
            json_object_set_string_member(object, i->member,
                                          wl_property_string(properties, i->property));
            break;
        case AS_NUMBER:
            json_object_set_int_member(
                object, i->member,
                (gint64) MIN(wl_property_uint(properties, i->property), G_MAXINT64));
            break;
        case AS_SIGNED:
            json_object_set_int_member(object, i->member, wl_property_int(properties, i->property));
            break;
        case AS_BOOLEAN:
            json_object_set_boolean_member(object, i->member,
                                           wl_property_boolean(properties, i->property));
            break;
        case AS_LIST:
            json_object_set_array_member(object, i->member, list_to_json(properties, i->property));
            break;
        case AS_PAIRS:
            json_object_set_array_member(object, i->member, pairs_to_json(properties, i->property));
            break;
        }
    }
}

static JsonObject *
counters_to_json(GVariant *properties, const char *name)
{
    g_autoptr(GVariant) counters = wl_property_value(properties, name, "a{st}");
    JsonObject *object = json_object_new();
    GVariantIter iter;
    const char *label;
    guint64 count;

    if (!counters)
        return object;
    g_variant_iter_init(&iter, counters);
    while (g_variant_iter_next(&iter, "{&st}", &label, &count))
        json_object_set_int_member(object, label, (gint64) MIN(count, G_MAXINT64));
    return object;
}

static JsonArray *
candidates_to_json(GVariant *properties)
{
    g_autoptr(GVariant) candidates = wl_property_value(properties, "Candidates", "a(ssss)");
    const char *address, *rank, *source, *result;
    JsonArray *array = json_array_new();
    GVariantIter iter;

    if (!candidates)
        return array;
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, &rank, &source, &result)) {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "address", address);
        json_object_set_string_member(object, "rank", rank);
        json_object_set_string_member(object, "source", source);
        json_object_set_string_member(object, "result", result);
        json_array_add_object_element(array, object);
    }
    return array;
}

JsonObject *
wl_json_from_peer(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));
    const WlActivePeer *attached =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Attached"));
    JsonObject *object = json_object_new();

    set_members(object, peer->properties, peer_members, G_N_ELEMENTS(peer_members));
    /* An object path is meaningless outside of D-Bus. */
    json_object_set_string_member(object, "via",
                                  via ? wl_property_string(via->properties, "PublicKey") : "");
    json_object_set_string_member(
        object, "attached", attached ? wl_property_string(attached->properties, "PublicKey") : "");
    json_object_set_array_member(object, "candidates", candidates_to_json(peer->properties));
    json_object_set_object_member(object, "held_back",
                                  counters_to_json(peer->properties, "HeldBack"));
    return object;
}

void
wl_json_add_routers(JsonObject *object, const WlActiveProfile *profile)
{
    const WlActivePeer *current = wl_active_routers_current(profile);
    g_autoptr(GPtrArray) routers = wl_active_routers_list(profile);
    JsonArray *set = json_array_new();

    for (guint i = 0; i < routers->len; i++)
        json_array_add_string_element(
            set, wl_property_string(((const WlActivePeer *) routers->pdata[i])->properties,
                                    "PublicKey"));
    json_object_set_array_member(object, "router_set", set);
    json_object_set_string_member(
        object, "router", current ? wl_property_string(current->properties, "PublicKey") : "");
    json_object_set_string_member(object, "router_reason",
                                  wl_property_string(profile->link, "RouterReason"));
    json_object_set_int_member(object, "router_since",
                               wl_property_int(profile->link, "RouterSince"));
}

JsonObject *
wl_json_from_profile(const WlActiveProfile *profile)
{
    JsonObject *object = json_object_new();
    JsonArray *peers = json_array_new();

    set_members(object, profile->link, link_members, G_N_ELEMENTS(link_members));
    wl_json_add_routers(object, profile);
    json_object_set_object_member(object, "receive_counters",
                                  counters_to_json(profile->link, "ReceiveCounters"));
    json_object_set_object_member(object, "held_back", counters_to_json(profile->link, "HeldBack"));
    for (guint i = 0; i < profile->peers->len; i++)
        json_array_add_object_element(
            peers, wl_json_from_peer(profile, g_ptr_array_index(profile->peers, i)));
    json_object_set_array_member(object, "peers", peers);
    return object;
}

JsonObject *
wl_json_from_fact(GVariant *fact)
{
    JsonObject *object = json_object_new();

    set_members(object, fact, fact_members, G_N_ELEMENTS(fact_members));
    return object;
}

void
wl_json_add_problems(JsonObject *object, const WlActiveProfiles *profiles)
{
    JsonArray *problems;

    if (profiles->denied > 0)
        json_object_set_int_member(object, "denied", profiles->denied);
    if (profiles->problems->len == 0)
        return;
    problems = json_array_new();
    for (guint i = 0; i < profiles->problems->len; i++) {
        const GError *problem = g_ptr_array_index(profiles->problems, i);
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "error", problem->message);
        json_object_set_int_member(entry, "exit_status", problem->code);
        json_array_add_object_element(problems, entry);
    }
    json_object_set_array_member(object, "problems", problems);
}
