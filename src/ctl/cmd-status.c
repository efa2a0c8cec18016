/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-output.h"
#include "wl-ctl-profiles.h"
#include "wl-ctl-table.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_WIDTH 10000

/* ---- JSON ---------------------------------------------------------------------------------- */

typedef enum {
    AS_STRING,
    AS_NUMBER,
    AS_SIGNED,
    AS_BOOLEAN,
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
    {"FactCount", "fact_count", AS_NUMBER},
    {"Version", "version", AS_STRING},
};

static const Member peer_members[] = {
    {"PublicKey", "public_key", AS_STRING}, {"Name", "name", AS_STRING},
    {"State", "state", AS_STRING},          {"Reason", "reason", AS_STRING},
    {"Endpoint", "endpoint", AS_STRING},    {"Trust", "trust", AS_STRING},
    {"TrustBy", "trust_by", AS_STRING},     {"Router", "router", AS_BOOLEAN},
    {"Basic", "basic", AS_BOOLEAN},         {"LastHandshake", "last_handshake", AS_SIGNED},
    {"RxBytes", "rx_bytes", AS_NUMBER},     {"TxBytes", "tx_bytes", AS_NUMBER},
};

static void
set_members(JsonObject *object, GVariant *properties, const Member *members, gsize n)
{
    for (const Member *i = members; i < members + n; i++) {
        switch (i->kind) {
        case AS_STRING:
            json_object_set_string_member(object, i->member,
                                          wl_ctl_get_string(properties, i->property));
            break;
        case AS_NUMBER:
            json_object_set_int_member(
                object, i->member,
                (gint64) MIN(wl_ctl_get_uint(properties, i->property), G_MAXINT64));
            break;
        case AS_SIGNED:
            json_object_set_int_member(object, i->member, wl_ctl_get_int(properties, i->property));
            break;
        case AS_BOOLEAN:
            json_object_set_boolean_member(object, i->member,
                                           wl_ctl_get_boolean(properties, i->property));
            break;
        }
    }
}

static JsonObject *
received_to_json(GVariant *properties)
{
    g_autoptr(GVariant) received = wl_ctl_get_value(properties, "Received", "a{st}");
    JsonObject *object = json_object_new();
    GVariantIter iter;
    const char *label;
    guint64 count;

    if (!received)
        return object;
    g_variant_iter_init(&iter, received);
    while (g_variant_iter_next(&iter, "{&st}", &label, &count))
        json_object_set_int_member(object, label, (gint64) MIN(count, G_MAXINT64));
    return object;
}

static JsonObject *
peer_to_json(const WlCtlProfile *profile, const WlCtlPeer *peer)
{
    g_autoptr(GVariant) prefixes = wl_ctl_get_value(peer->properties, "AllowedIPs", "as");
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(profile, wl_ctl_get_string(peer->properties, "Via"));
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    set_members(object, peer->properties, peer_members, G_N_ELEMENTS(peer_members));
    /* Object paths mean nothing outside the bus. */
    json_object_set_string_member(object, "via",
                                  via ? wl_ctl_get_string(via->properties, "PublicKey") : "");
    for (gsize i = 0; prefixes && i < g_variant_n_children(prefixes); i++) {
        g_autoptr(GVariant) prefix = g_variant_get_child_value(prefixes, i);

        json_array_add_string_element(list, g_variant_get_string(prefix, NULL));
    }
    json_object_set_array_member(object, "allowed_ips", list);
    return object;
}

static JsonObject *
profile_to_json(const WlCtlProfile *profile)
{
    JsonObject *object = json_object_new();
    JsonArray *peers = json_array_new();

    set_members(object, profile->link, link_members, G_N_ELEMENTS(link_members));
    json_object_set_object_member(object, "received", received_to_json(profile->link));
    for (guint i = 0; i < profile->peers->len; i++)
        json_array_add_object_element(peers,
                                      peer_to_json(profile, g_ptr_array_index(profile->peers, i)));
    json_object_set_array_member(object, "peers", peers);
    return object;
}

static void
print_json(const GPtrArray *profiles)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();

    for (guint i = 0; i < profiles->len; i++)
        json_array_add_object_element(list, profile_to_json(g_ptr_array_index(profiles, i)));
    json_object_set_array_member(object, "profiles", list);
    wl_ctl_print_json(object, TRUE);
}

/* ---- people -------------------------------------------------------------------------------- */

/* Unlimited where nobody looks, so that scripts see the same whatever the terminal. */
static guint
terminal_width(void)
{
    const char *columns = g_getenv("COLUMNS");
    struct winsize size;
    guint64 number;

    if (columns && g_ascii_string_to_unsigned(columns, 10, 1, MAX_WIDTH, &number, NULL))
        return (guint) number;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return MAX_WIDTH;
}

static void
print_tables(const GPtrArray *profiles)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    guint width = terminal_width();

    for (guint i = 0; i < profiles->len; i++) {
        if (i > 0)
            putchar('\n');
        wl_ctl_table_print(g_ptr_array_index(profiles, i), width, now);
    }
}

/* ---- the command --------------------------------------------------------------------------- */

static WlExit
fail(gboolean json, WlExit result, const char *message)
{
    if (json) {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "error", message);
        json_object_set_int_member(object, "exit_status", result);
        wl_ctl_print_json(object, TRUE);
    } else {
        wl_ctl_complain("%s", message);
    }
    return result;
}

static gboolean
is_called(const WlCtlProfile *profile, const char *name)
{
    return strcmp(wl_ctl_get_string(profile->link, "Id"), name) == 0 ||
           strcmp(wl_ctl_get_string(profile->link, "Uuid"), name) == 0 ||
           strcmp(wl_ctl_get_string(profile->link, "Interface"), name) == 0;
}

static void
keep_called(GPtrArray *profiles, const char *name)
{
    for (guint i = profiles->len; i > 0; i--) {
        if (!is_called(g_ptr_array_index(profiles, i - 1), name))
            g_ptr_array_remove_index(profiles, i - 1);
    }
}

static WlExit
show(GPtrArray *profiles, const GError *problem, const char *name, gboolean json)
{
    if (profiles->len == 0 && problem)
        return fail(json, WL_EXIT_FAILURE, problem->message);
    if (profiles->len == 0)
        return fail(json, WL_EXIT_NOTHING,
                    "no wirelink profile is active: bring one up with nmcli connection up NAME");
    if (name)
        keep_called(profiles, name);
    if (profiles->len == 0) {
        g_autofree char *shown = wl_ctl_harmless(name);
        g_autofree char *message =
            g_strdup_printf("no active wirelink profile is called \"%s\": wirelinkctl status shows "
                            "all, and nmcli connection up NAME brings one up",
                            shown);

        return fail(json, WL_EXIT_NOTHING, message);
    }
    if (json)
        print_json(profiles);
    else
        print_tables(profiles);
    if (!problem)
        return WL_EXIT_OK;
    wl_ctl_complain("%s", problem->message);
    return WL_EXIT_FAILURE;
}

WlExit
wl_cmd_status(char **arguments)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_autoptr(GPtrArray) profiles = NULL;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GError) error = NULL;

    if (!wl_ctl_parse("status", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    profiles = wl_ctl_profiles_load(&problem, &error);
    if (!profiles)
        return fail(json,
                    g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
                        ? WL_EXIT_NOT_PERMITTED
                        : WL_EXIT_FAILURE,
                    error->message);
    return show(profiles, problem, rest[0], json);
}
