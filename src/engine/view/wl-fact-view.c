/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-fact-view.h"

#include "state/wl-engine-state.h"

static void
fact_view_free(WlFactView *view)
{
    g_free(view->subject_name);
    g_free(view->value);
    g_free(view->source_name);
    wl_reason_free(view->reason);
    g_free(view);
}

static const char *
name_of(const WlEngine *self, const WlKey *key)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, key);

    if (peer)
        return peer->names.shown ? peer->names.shown : "";
    if (wl_key_equal(key, &self->own.key) && self->config->name)
        return self->config->name;
    return "";
}

static const char *
type_of(const WlFact *fact)
{
    if (wl_fact_is_endpoint(fact))
        return "endpoint";
    return wl_fact_is_allowed(fact) ? "allowed-ips" : "member";
}

static char *
dup_value(const WlFact *fact)
{
    char *name = NULL;

    if (wl_fact_is_endpoint(fact))
        return wl_endpoint_to_string(&fact->value.endpoint);
    if (wl_fact_is_allowed(fact))
        return wl_prefix_to_string(&fact->value.prefix);
    if (fact->attribute == WL_ATTRIBUTE_METADATA)
        name = wl_metadata_dup_display_name(fact->value.metadata);
    return name ? name : g_strdup("");
}

/* ---- reasons */

static WlReason *
explain_trust(const WlPeer *source, const WlFactSource *origin)
{
    guint stale = origin->stale ? WL_REASON_STALE_CONFIGURED_TRUST - WL_REASON_CONFIGURED_TRUST : 0;
    g_autofree char *label = source ? wl_peer_dup_label(source) : NULL;

    if (!source)
        return wl_reason_new(WL_REASON_TRUSTED_SOURCE_GONE + stale);
    switch (source->membership.trust_source) {
    case WL_TRUST_SOURCE_CONFIG:
        return wl_reason_new(WL_REASON_CONFIGURED_TRUST + stale, label,
                             wl_trust_to_string(source->membership.trust));
    case WL_TRUST_SOURCE_ROUTE:
        return wl_reason_new(WL_REASON_TRUSTED_ROUTER + stale, label);
    case WL_TRUST_SOURCE_KNOWN_PEER:
        return wl_reason_new(WL_REASON_TRUSTED_PEER + stale, label);
    case WL_TRUST_SOURCE_NONE:
        break;
    }
    return wl_reason_new(WL_REASON_TRUSTED + stale, label);
}

static WlReason *
explain_distrust(const WlFact *fact, const WlPeer *source, WlVerdict verdict)
{
    g_autofree char *label = wl_peer_dup_label(source);
    WlReasonId id = WL_REASON_NOT_ALLOWED_MEMBERS;

    if (verdict == WL_VERDICT_UNKNOWN_SUBJECT)
        return wl_reason_new(WL_REASON_UNKNOWN_SUBJECT_SOURCE, label);
    if (wl_fact_is_endpoint(fact))
        id = WL_REASON_NOT_ALLOWED_ENDPOINTS;
    else if (wl_fact_is_allowed(fact))
        id = WL_REASON_NOT_ALLOWED_PREFIXES;
    if (source->membership.trust == WL_TRUST_UNSET)
        return wl_reason_new(id, label);
    id += WL_REASON_TRUST_TOO_LOW_ENDPOINTS - WL_REASON_NOT_ALLOWED_ENDPOINTS;
    return wl_reason_new(id, label, wl_trust_to_string(source->membership.trust));
}

static WlReason *
explain(const WlEngine *self, const WlFactEntry *entry, const WlFactSource *origin)
{
    const WlPeer *source = wl_peer_table_find(&self->peers, &origin->key);

    if (origin->verdict == WL_VERDICT_N)
        return wl_reason_new(WL_REASON_PENDING);
    if (origin->verdict == WL_VERDICT_ACCEPTED)
        return explain_trust(source, origin);
    if (source &&
        (origin->verdict == WL_VERDICT_UNTRUSTED || origin->verdict == WL_VERDICT_UNKNOWN_SUBJECT))
        return explain_distrust(&entry->fact, source, origin->verdict);
    return wl_reason_new(WL_REASON_REFUSED + origin->verdict);
}

/* ---- the list */

static WlFactView *
view_new(const WlEngine *self, const WlFactEntry *entry)
{
    WlFactView *view = g_new0(WlFactView, 1);

    view->subject = entry->fact.subject;
    view->subject_name = g_strdup(name_of(self, &entry->fact.subject));
    view->type = type_of(&entry->fact);
    view->value = dup_value(&entry->fact);
    return view;
}

static WlFactView *
view_new_local(const WlEngine *self, const WlFactEntry *entry)
{
    WlFactView *view = view_new(self, entry);

    view->local = view->accepted = TRUE;
    view->source_name = g_strdup("");
    view->reason = wl_reason_new(WL_REASON_SELF);
    view->expires = wl_fact_entry_expires(entry, self->now);
    return view;
}

static WlFactView *
view_new_received(const WlEngine *self, const WlFactEntry *entry, const WlFactSource *origin)
{
    WlFactView *view = view_new(self, entry);

    view->source = origin->key;
    view->source_name = g_strdup(name_of(self, &origin->key));
    view->accepted = origin->verdict == WL_VERDICT_ACCEPTED;
    view->reason = explain(self, entry, origin);
    view->expires = origin->expires;
    view->stale = origin->stale;
    return view;
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const WlFactView *x = *(WlFactView *const *) a, *y = *(WlFactView *const *) b;
    int order = wl_key_compare(&x->subject, &y->subject);

    if (order == 0)
        order = g_strcmp0(x->type, y->type);
    if (order == 0)
        order = g_strcmp0(x->value, y->value);
    if (order == 0)
        order = (int) y->local - (int) x->local;
    return order != 0 ? order : wl_key_compare(&x->source, &y->source);
}

GPtrArray *
wl_engine_dup_facts(const WlEngine *self)
{
    GPtrArray *views = g_ptr_array_new_with_free_func((GDestroyNotify) fact_view_free);

    for (guint i = 0; i < wl_fact_set_size(self->facts); i++) {
        const WlFactEntry *entry = wl_fact_set_get(self->facts, i);

        if (entry->local)
            g_ptr_array_add(views, view_new_local(self, entry));
        for (guint j = 0; j < entry->sources->len; j++)
            g_ptr_array_add(
                views,
                view_new_received(self, entry, &g_array_index(entry->sources, WlFactSource, j)));
    }
    g_ptr_array_sort(views, compare);
    return views;
}

GArray *
wl_engine_dup_networks(const WlEngine *self)
{
    return g_array_copy(self->policy.networks);
}
