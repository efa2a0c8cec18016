/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-facts.h"

#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-output.h"

#include <string.h>

#define MAX_LABEL 63
#define MAX_RULE  300

static void
facts_free(WlCtlFacts *self)
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
        result = strcmp(wl_ctl_get_string(left, order[i]), wl_ctl_get_string(right, order[i]));
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
wl_ctl_facts_load(GDBusConnection *bus, const GPtrArray *profiles)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_ctl_call_free);
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify) facts_free);

    for (guint i = 0; i < profiles->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(profiles, i);

        g_ptr_array_add(calls,
                        wl_ctl_call_new(profile->service, WL_CTL_LINK_PATH, WL_CTL_LINK_INTERFACE,
                                        "GetFacts", NULL, "(aa{sv})"));
    }
    wl_ctl_call_all(bus, calls, NULL);
    for (guint i = 0; i < profiles->len; i++) {
        g_autofree char *label = wl_ctl_profile_label(g_ptr_array_index(profiles, i));
        g_autofree char *who = g_strdup_printf("the service of \"%s\"", label);
        const WlCtlCall *call = g_ptr_array_index(calls, i);
        WlCtlFacts *facts = g_new0(WlCtlFacts, 1);

        if (call->reply)
            facts->facts = unpack(call->reply);
        else
            facts->error = wl_ctl_error_new_remote(call->error, who);
        g_ptr_array_add(all, facts);
    }
    return all;
}

char *
wl_ctl_fact_source(GVariant *fact)
{
    const char *key = wl_ctl_get_string(fact, "Source");
    const char *name = wl_ctl_get_string(fact, "SourceName");

    if (!*key)
        return g_strdup("this member");
    return *name ? wl_ctl_quote(name, MAX_LABEL) : wl_ctl_short_key(key);
}

char *
wl_ctl_fact_subject(const WlCtlProfile *profile, GVariant *fact)
{
    const char *key = wl_ctl_get_string(fact, "Subject");
    const char *name = wl_ctl_get_string(fact, "SubjectName");

    if (strcmp(key, wl_ctl_get_string(profile->link, "PublicKey")) == 0)
        return g_strdup("this member");
    return *name ? wl_ctl_quote(name, MAX_LABEL) : wl_ctl_short_key(key);
}

char *
wl_ctl_fact_rule(GVariant *fact)
{
    const char *rule = wl_ctl_get_string(fact, "Reason");

    /* The rules of refused facts begin with it. */
    if (g_str_has_prefix(rule, "refused: "))
        rule += strlen("refused: ");
    return wl_ctl_quote(rule, MAX_RULE);
}
