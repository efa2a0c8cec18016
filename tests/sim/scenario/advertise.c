/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of an event "advertise": reads, signs and sends them.
 */
#include "scenario/advertise.h"

#include "state/wl-fact-set.h"
#include "wl-group.h"
#include "wl-signer.h"
#include "wl-ttl.h"

#define UDP6_HEADERS 48
#define MAX_COUNT    100000

struct _Advertisement {
    SimHost *from, *to;
    char *names; /* "FROM TO" */
    WlFact fact;
    guint64 count;  /* number of facts, each with the next prefix or about the next key */
    gboolean again; /* instead of a fact, the last datagram */
};

void
advertisement_free(Advertisement *self)
{
    if (!self)
        return;
    wl_fact_clear(&self->fact);
    g_free(self->names);
    g_free(self);
}

static gboolean
take_member(ScenarioLine *line, Advertisement *self, const WlKey *subject, GError **error)
{
    g_autoptr(WlMetadata) metadata = NULL;
    const char *name = scenario_line_peek(line);
    int basic;

    if (name && !g_str_equal(name, "count") && !g_str_equal(name, "ttl") &&
        !g_str_equal(name, "basic"))
        line->at++;
    else
        name = NULL;
    basic = scenario_line_take_if(line, "basic");
    metadata = wl_metadata_new(name, basic);
    wl_fact_init_metadata(&self->fact, subject, metadata, 0);
    return TRUE;
}

/* "direct N" or "router N": a path message with epoch N. */
static gboolean
take_path(ScenarioLine *line, Advertisement *self, const WlKey *subject, GError **error)
{
    WlPathMessage message = {.version = WL_PATH_VERSION};
    guint64 epoch;

    if (scenario_line_take_if(line, "direct"))
        message.flags = WL_PATH_DIRECT;
    else if (!scenario_line_take_if(line, "router"))
        return scenario_line_fail(line, scenario_line_peek(line), "direct or router", error);
    if (!scenario_line_take_number(line, G_MAXUINT32, &epoch, error))
        return FALSE;
    message.epoch = (guint32) epoch;
    wl_fact_init_path(&self->fact, subject, &message);
    return TRUE;
}

static gboolean
take_fact(Run *run, ScenarioLine *line, Advertisement *self, GError **error)
{
    SimHost *about = scenario_take_host(run, line, error);
    WlEndpoint endpoint;
    WlPrefix prefix;
    WlBootId boot_id;

    if (!about)
        return FALSE;
    if (scenario_line_take_if(line, "endpoint")) {
        if (!scenario_line_take_endpoint(line, &endpoint, error))
            return FALSE;
        wl_fact_init_endpoint(&self->fact, &about->public_key, &endpoint, 0);
    } else if (scenario_line_take_if(line, "allowed-ips")) {
        const char *word = scenario_line_take(line, "a prefix", error);
        if (!word)
            return FALSE;
        if (!wl_prefix_parse(word, &prefix))
            return scenario_line_fail(line, word, "a prefix like 10.77.0.0/24", error);
        wl_fact_init_allowed(&self->fact, &about->public_key, &prefix, 0);
    } else if (scenario_line_take_if(line, "member")) {
        return take_member(line, self, &about->public_key, error);
    } else if (scenario_line_take_if(line, "path")) {
        return take_path(line, self, &about->public_key, error);
    } else if (scenario_line_take_if(line, "alive")) {
        sim_world_random_bytes(run->world, boot_id.bytes, sizeof(boot_id.bytes));
        wl_fact_init_alive(&self->fact, &about->public_key, &boot_id, 0);
    } else {
        return scenario_line_fail(line, scenario_line_peek(line),
                                  "endpoint, allowed-ips, member, path, alive, or again instead",
                                  error);
    }
    return TRUE;
}

Advertisement *
advertisement_new(Run *run, ScenarioLine *line, GError **error)
{
    Advertisement *self = g_new0(Advertisement, 1);
    guint64 ttl = 255;

    self->count = 1;
    if (!(self->from = scenario_take_host(run, line, error)) ||
        !(self->to = scenario_take_host(run, line, error))) {
        advertisement_free(self);
        return NULL;
    }
    self->names = g_strdup_printf("%s %s", self->from->name, self->to->name);
    self->again = scenario_line_take_if(line, "again");
    if (self->again && g_hash_table_contains(run->advertised, self->names))
        return self;
    if (self->again) {
        scenario_line_fail(line, "again", "an earlier \"advertise\" of these hosts", error);
        advertisement_free(self);
        return NULL;
    }
    g_hash_table_replace(run->advertised, g_strdup(self->names), NULL);
    if (take_fact(run, line, self, error) &&
        (!scenario_line_take_if(line, "count") ||
         scenario_line_take_number(line, MAX_COUNT, &self->count, error)) &&
        (!scenario_line_take_if(line, "ttl") ||
         scenario_line_take_number(line, WL_TTL_MAX, &ttl, error))) {
        self->fact.ttl = (guint16) ttl;
        return self;
    }
    advertisement_free(self);
    return NULL;
}

/* As one number whose last bit is the last of @length. */
static void
count_up(guint8 *bytes, guint length)
{
    guint carry = length > 0 ? 0x80u >> ((length - 1) % 8) : 0;

    for (guint i = (length + 7) / 8; carry > 0 && i-- > 0; carry >>= 8) {
        carry += bytes[i];
        bytes[i] = (guint8) carry;
    }
}

static void
go_to_next(WlFact *fact)
{
    if (wl_fact_is_allowed(fact))
        count_up(fact->value.prefix.ip.bytes, fact->value.prefix.length);
    else
        count_up(fact->subject.bytes, 8 * sizeof(fact->subject.bytes));
}

static void
send_datagram(const Advertisement *self, GBytes *bytes)
{
    SimPacket *packet = sim_packet_new(SIM_PACKET_FACTS);

    packet->source = self->from->link_local;
    packet->destination = self->to->link_local;
    packet->facts = g_bytes_ref(bytes);
    packet->size = UDP6_HEADERS + g_bytes_get_size(bytes);
    sim_host_send(self->from, packet);
    sim_packet_unref(packet);
}

static void
send_facts(Run *run, const Advertisement *self)
{
    g_autoptr(WlSigner) signer =
        wl_signer_new(&self->from->private_key, sim_world_random_bytes, run->world);
    g_autoptr(WlGroup) group = wl_group_new();
    WlFact fact = self->fact; /* borrows its values */

    fact.expires = SIM_SEC(fact.ttl);
    for (guint64 i = 0; i < self->count; i++) {
        wl_group_add(group, &fact, 0);
        go_to_next(&fact);
    }
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *inner = wl_group_get(group, i);
        GBytes *bytes = wl_signer_sign(signer, &self->to->public_key, inner->data, inner->len);

        if (!bytes)
            return;
        g_hash_table_replace(run->advertised, g_strdup(self->names), bytes);
        send_datagram(self, bytes);
    }
}

void
advertisement_send(Run *run, Advertisement *self)
{
    GBytes *last = self->again ? g_hash_table_lookup(run->advertised, self->names) : NULL;

    if (last)
        send_datagram(self, last);
    else if (!self->again)
        send_facts(run, self);
    sim_host_settle(self->from);
}
