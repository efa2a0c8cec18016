/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that services hold, read with GetFacts, and the names of their subjects and sources.
 * Results belong to the caller; errors are of WL_CTL_ERROR.
 */
#include "wl-known-facts.h"

#include <string.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-remote-error.h"

#define MAX_LABEL  63  /* columns */
#define MAX_REASON 300 /* columns */

static void
facts_free(WlKnownFacts *self)
{
    g_clear_pointer(&self->facts, g_ptr_array_unref);
    g_clear_error(&self->error);
    g_free(self);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    static const char *const order[] = {"SubjectName", "Subject", "Type", "Value", "Source"};
    GVariant *left = *(GVariant *const *) a, *right = *(GVariant *const *) b;
    int result = 0;

    for (guint i = 0; i < G_N_ELEMENTS(order) && result == 0; i++)
        result = strcmp(wl_property_string(left, order[i]), wl_property_string(right, order[i]));
    return result;
}

static GPtrArray *
unpack(GVariant *reply)
{
    g_autoptr(GVariant) list = g_variant_get_child_value(reply, 0);
    GPtrArray *facts = g_ptr_array_new_with_free_func((GDestroyNotify) g_variant_unref);

    for (gsize i = 0; i < g_variant_n_children(list); i++)
        g_ptr_array_add(facts, g_variant_get_child_value(list, i));
    g_ptr_array_sort(facts, compare);
    return facts;
}

GPtrArray *
wl_known_facts_load(GDBusConnection *bus, const GPtrArray *profiles)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_call_free);
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify) facts_free);

    for (guint i = 0; i < profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles, i);

        g_ptr_array_add(calls, wl_call_new(profile->service, WL_BUS_LINK_PATH,
                                           WL_BUS_LINK_INTERFACE, "GetFacts", NULL, "(aa{sv})"));
    }
    wl_call_all(bus, calls, NULL);
    for (guint i = 0; i < profiles->len; i++) {
        g_autofree char *label = wl_active_profile_label(g_ptr_array_index(profiles, i));
        g_autofree char *subject = g_strdup_printf("the service of \"%s\"", label);
        const WlCall *call = g_ptr_array_index(calls, i);
        WlKnownFacts *facts = g_new0(WlKnownFacts, 1);

        if (call->reply)
            facts->facts = unpack(call->reply);
        else
            facts->error = wl_remote_error_new(call->error, subject);
        g_ptr_array_add(all, facts);
    }
    return all;
}

char *
wl_known_fact_source(GVariant *fact)
{
    const char *key = wl_property_string(fact, "Source");
    const char *name = wl_property_string(fact, "SourceName");

    if (!*key)
        return g_strdup("this member");
    return *name ? wl_display_quote(name, MAX_LABEL) : wl_display_short_key(key);
}

char *
wl_known_fact_subject(const WlActiveProfile *profile, GVariant *fact)
{
    const char *key = wl_property_string(fact, "Subject");
    const char *name = wl_property_string(fact, "SubjectName");

    if (strcmp(key, wl_property_string(profile->link, "PublicKey")) == 0)
        return g_strdup("this member");
    return *name ? wl_display_quote(name, MAX_LABEL) : wl_display_short_key(key);
}

char *
wl_known_fact_reason(GVariant *fact)
{
    const char *reason = wl_property_string(fact, "Reason");

    /* Acceptance is shown on its own. */
    if (g_str_has_prefix(reason, "refused: "))
        reason += strlen("refused: ");
    return wl_display_quote(reason, MAX_REASON);
}
