/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of reasons: id, sentence and arguments. A sentence states the cause and what happens
 * next or what would help. The editor translates it by id; everything else shows it in English.
 */
#include "wl-reason.h"

#include <stdarg.h>

/* Marks the sentences for xgettext; the engine does not translate. */
#define N_(text) text

#define REFUSED(verdict) [WL_REASON_REFUSED + WL_VERDICT_##verdict]

typedef struct {
    const char *name;
    const char *template;
    guint8 n_arguments;
    guint8 trust; /* number of the argument that is a trust level, from 1; 0: none */
} Row;

static const Row reasons[WL_REASON_N] = {
    [WL_REASON_NO_UPLINK] = {"no-uplink", N_("no uplink"), 0},
    [WL_REASON_WAITING_FOR_PEER] = {"waiting-for-peer",
                                    N_("no known endpoint; waiting for it to connect"), 0},
    [WL_REASON_WAITING_FOR_ENDPOINT] = {"waiting-for-endpoint",
                                        N_("no known endpoint; waiting for %s to advertise one"),
                                        1},
    [WL_REASON_WAITING_FOR_ROUTER] =
        {"waiting-for-router", N_("no known endpoint; waiting for a router to advertise one"), 0},
    [WL_REASON_NAME_UNRESOLVED] = {"name-unresolved", N_("name %s not resolved yet"), 1},
    [WL_REASON_CANDIDATES_PENDING_ONE] = {"candidates-pending-one", N_("1 endpoint to try"), 0},
    [WL_REASON_CANDIDATES_PENDING] = {"candidates-pending", N_("%s endpoints to try"), 1},
    [WL_REASON_TRYING_ONE] = {"trying-one", N_("trying %s, no handshake yet"), 1},
    [WL_REASON_TRYING] = {"trying", N_("trying %s endpoints, last %s, no handshake yet"), 2},
    [WL_REASON_NO_ANSWER_ONE] = {"no-answer-one",
                                 N_("no answer from %s; retrying with increasing delay"), 1},
    [WL_REASON_NO_ANSWER] = {"no-answer",
                             N_("no answer from %s endpoints; retrying with increasing delay"), 1},
    [WL_REASON_ADDRESS_UNUSED] =
        {"address-unused", N_("no host at %s on this network; retrying with increasing delay"), 1},
    [WL_REASON_NOT_ALIVE] = {"not-alive", N_("handshake with %s complete, waiting for its Alive"),
                             1},
    [WL_REASON_NO_REPLY] = {"no-reply",
                            N_("no reply from %s to what is sent; the peer may be offline"), 1},
    [WL_REASON_ROUTED] = {"routed", N_("via %s: no direct handshake yet"), 1},
    [WL_REASON_ROUTED_NO_ENDPOINT] = {"routed-no-endpoint", N_("via %s: no known endpoint"), 1},
    [WL_REASON_ROUTED_INNER] = {"routed-inner", N_("via %s: its endpoint %s is inside the tunnel"),
                                2},
    [WL_REASON_INNER] = {"inner", N_("its endpoint %s is inside the tunnel"), 1},
    [WL_REASON_ROUTED_VERIFYING] = {"routed-verifying",
                                    N_("via %s until %s is verified in both directions"), 2},
    [WL_REASON_ROUTED_STANDBY] = {"routed-standby",
                                  N_("via %s, which is the router now; ready on %s"), 2},
    [WL_REASON_ROUTED_SILENT] = {"routed-silent", N_("via %s: no more packets from %s"), 2},
    [WL_REASON_DIRECT_LAN] = {"direct-lan", N_("on the same network, direct on %s"), 1},
    [WL_REASON_DIRECT] = {"direct", N_("direct on %s"), 1},

    [WL_REASON_SELF] = {"self", N_("originated by this member"), 0},
    [WL_REASON_CONFIGURED_TRUST] = {"configured-trust", N_("%s has trust %s in the profile"), 2, 2},
    [WL_REASON_TRUSTED_ROUTER] = {"trusted-router",
                                  N_("%s is a router in the profile and may introduce members"), 1},
    [WL_REASON_TRUSTED_PEER] = {"trusted-peer",
                                N_("%s is a known peer and may advertise endpoints"), 1},
    [WL_REASON_TRUSTED] = {"trusted", N_("%s is trusted"), 1},
    [WL_REASON_TRUSTED_SOURCE_GONE] = {"trusted-source-gone", N_("its former source was trusted"),
                                       0},
    [WL_REASON_STALE_CONFIGURED_TRUST] =
        {"stale-configured-trust",
         N_("%1$s has trust %2$s in the profile; kept while %1$s is unreachable"), 2, 2},
    [WL_REASON_STALE_ROUTER] =
        {"stale-router",
         N_("%1$s is a router in the profile and may introduce members; kept while %1$s is unreachable"),
         1},
    [WL_REASON_STALE_PEER] =
        {"stale-peer",
         N_("%1$s is a known peer and may advertise endpoints; kept while %1$s is unreachable"), 1},
    [WL_REASON_STALE] = {"stale", N_("%1$s is trusted; kept while %1$s is unreachable"), 1},
    [WL_REASON_STALE_SOURCE_GONE] =
        {"stale-source-gone",
         N_("its former source was trusted; kept while that source is unreachable"), 0},

    [WL_REASON_PENDING] = {"pending", N_("not evaluated yet"), 0},
    [WL_REASON_UNKNOWN_SUBJECT_SOURCE] =
        {"unknown-subject-source",
         N_("refused: unknown subject, and %s is not trusted to introduce members"), 1},
    [WL_REASON_NOT_ALLOWED_ENDPOINTS] = {"not-allowed-endpoints",
                                         N_("refused: %s is not trusted to advertise endpoints"),
                                         1},
    [WL_REASON_NOT_ALLOWED_PREFIXES] =
        {"not-allowed-prefixes",
         N_("refused: %s is not trusted to advertise allowed IPs of other members"), 1},
    [WL_REASON_NOT_ALLOWED_MEMBERS] = {"not-allowed-members",
                                       N_("refused: %s is not trusted to introduce members"), 1},
    [WL_REASON_TRUST_TOO_LOW_ENDPOINTS] =
        {"trust-too-low-endpoints",
         N_("refused: %s is not trusted to advertise endpoints; its trust is %s"), 2, 2},
    [WL_REASON_TRUST_TOO_LOW_PREFIXES] =
        {"trust-too-low-prefixes",
         N_("refused: %s is not trusted to advertise allowed IPs of other members; its trust is %s"),
         2, 2},
    [WL_REASON_TRUST_TOO_LOW_MEMBERS] =
        {"trust-too-low-members",
         N_("refused: %s is not trusted to introduce members; its trust is %s"), 2, 2},

    REFUSED(ACCEPTED) = {"accepted", N_("accepted"), 0},
    REFUSED(UNTRUSTED) = {"untrusted", N_("refused: the trust of its source is too low"), 0},
    REFUSED(UNKNOWN_SUBJECT) =
        {"unknown-subject",
         N_("refused: unknown subject, and its source is not trusted to introduce members"), 0},
    REFUSED(ABOUT_US) = {"about-us", N_("refused: its subject is this member"), 0},
    REFUSED(BAD_ADDRESS) = {"bad-address", N_("refused: not a usable endpoint address"), 0},
    REFUSED(IN_TUNNEL) = {"in-tunnel", N_("refused: an address inside the tunnel"), 0},
    REFUSED(IN_NETWORKS) = {"in-networks",
                            N_("refused: an address in a network that is routed into the tunnel"),
                            0},
    REFUSED(OWN_ENDPOINT) = {"own-endpoint", N_("refused: an endpoint of this machine"), 0},
    REFUSED(DEFAULT_ROUTE) = {"default-route", N_("refused: facts cannot set a default route"), 0},
    REFUSED(OUTSIDE) = {"outside", N_("refused: outside the networks of the profile"), 0},
    REFUSED(OWN_ADDRESS) = {"own-address", N_("refused: a tunnel address of this member"), 0},
    REFUSED(ON_LINK) = {"on-link",
                        N_("refused: overlaps a network that this machine is attached to"), 0},
    REFUSED(HAS_SERVER) = {"has-server",
                           N_("refused: covers a gateway or DNS server of this machine"), 0},
    REFUSED(HAS_ENDPOINT) = {"has-endpoint", N_("refused: covers the endpoint of a peer"), 0},
    REFUSED(CONFIGURED) = {"configured", N_("refused: the profile assigns it to another peer"), 0},
    REFUSED(TAKEN) = {"taken", N_("refused: another member claimed it first"), 0},
    REFUSED(TOO_MANY) = {"too-many", N_("refused: limit reached"), 0},
    REFUSED(FOREIGN_ALIVE) = {"foreign-alive", N_("refused: an Alive about another member"), 0},
    REFUSED(COLLISION) = {"collision", N_("refused: same link-local address as another member"), 0},
};

WlReason *
wl_reason_new(WlReasonId id, ...)
{
    WlReason *self = g_new0(WlReason, 1);
    g_autoptr(GStrvBuilder) copies = g_strv_builder_new();
    va_list arguments;

    va_start(arguments, id);
    for (guint i = 0; i < reasons[id].n_arguments; i++)
        g_strv_builder_add(copies, va_arg(arguments, const char *));
    va_end(arguments);
    self->id = id;
    self->arguments = g_strv_builder_end(copies);
    self->text = wl_reason_fill(reasons[id].template, (const char *const *) self->arguments);
    return self;
}

void
wl_reason_free(WlReason *self)
{
    if (!self)
        return;
    g_strfreev(self->arguments);
    g_free(self->text);
    g_free(self);
}

const char *
wl_reason_id_to_string(WlReasonId id)
{
    g_return_val_if_fail(id < WL_REASON_N, "");
    return reasons[id].name;
}

static const Row *
find(const char *name)
{
    for (guint id = 0; id < WL_REASON_N; id++) {
        if (g_str_equal(reasons[id].name, name))
            return &reasons[id];
    }
    return NULL;
}

const char *
wl_reason_find_template(const char *name)
{
    const Row *row = find(name);

    return row ? row->template : NULL;
}

guint
wl_reason_count_arguments(WlReasonId id)
{
    g_return_val_if_fail(id < WL_REASON_N, 0);
    return reasons[id].n_arguments;
}

gboolean
wl_reason_is_trust(const char *name, guint argument)
{
    const Row *row = find(name);

    return row && row->trust == argument + 1;
}

char *
wl_reason_fill(const char *template, const char *const *arguments)
{
    const char *filled[WL_REASON_MAX_ARGUMENTS] = {"", ""};

    for (guint i = 0; i < WL_REASON_MAX_ARGUMENTS && arguments && arguments[i]; i++)
        filled[i] = arguments[i];
    return g_strdup_printf(template, filled[0], filled[1]);
}
