/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/neighbours.h"

#include "world/outputs.h"

/* As Linux does it. */
#define ASKS      3
#define ASK_EVERY SIM_SEC(1)

typedef struct {
    SimTimer timer;
    SimHost *host;
    SimNet *net; /* where it was asked; NULL: nowhere */
    WlIp ip;
    guint32 ifindex;
    gboolean heard; /* the answer comes through */
} Question;

static SimPort *
find_port(const SimHost *host, guint32 ifindex)
{
    for (guint i = 0; i < host->ports->len; i++) {
        SimPort *port = host->ports->pdata[i];
        if (port->ifindex == ifindex)
            return port;
    }
    return NULL;
}

/* Whoever is awake answers, whatever runs on it; NULL: nobody does. */
static const SimPort *
find_owner(const SimHost *host, const SimNet *net, const WlIp *ip)
{
    const SimPort *owner = net && !net->down ? g_hash_table_lookup(net->by_address, ip) : NULL;

    if (!owner || !owner->up)
        return NULL;
    if (owner->host && (owner->host->off || owner->host->asleep ||
                        sim_world_is_cut(host->world, host, owner->host) ||
                        sim_world_is_cut(host->world, owner->host, host)))
        return NULL;
    return owner;
}

static void
take_out(Question *question)
{
    sim_world_set_timer(question->host->world, &question->timer, SIM_NEVER);
    g_ptr_array_remove(question->host->questions, question);
}

static void
on_answer(SimTimer *timer)
{
    Question question = *(Question *) timer;
    SimHost *host = question.host;
    const SimPort *port = find_port(host, question.ifindex);
    g_autofree char *text = wl_ip_to_string(&question.ip);
    gboolean there = question.heard && port && port->net == question.net &&
                     find_owner(host, question.net, &question.ip);

    take_out((Question *) timer);
    if (host->asleep)
        return; /* it asks again when it wakes */
    sim_world_trace(host->world, host->name, "%s %s", there ? "finds" : "does not find", text);
    host->with->neighbour(host->member, sim_host_now(host), &question.ip, question.ifindex, there);
    sim_host_settle(host);
}

static void
drop_same(SimHost *host, const WlIp *ip, guint32 ifindex)
{
    for (guint i = 0; i < host->questions->len; i++) {
        Question *question = host->questions->pdata[i];

        if (question->ifindex != ifindex || !wl_ip_equal(&question->ip, ip))
            continue;
        take_out(question);
        return;
    }
}

void
sim_neighbours_ask(SimHost *host, const WlIp *ip, guint32 ifindex)
{
    Question *question = g_new0(Question, 1);
    const SimPort *port = find_port(host, ifindex);
    const SimPort *owner;
    gint64 after = ASKS * ASK_EVERY;

    drop_same(host, ip, ifindex);
    *question = (Question){.timer = {.run = on_answer},
                           .host = host,
                           .net = port && port->up ? port->net : NULL,
                           .ip = *ip,
                           .ifindex = ifindex};
    owner = find_owner(host, question->net, ip);
    for (guint i = 0; owner && !question->heard && i < ASKS; i++) {
        if (sim_world_chance(host->world, question->net->loss) ||
            sim_world_chance(host->world, question->net->loss))
            continue;
        question->heard = TRUE;
        after = i * ASK_EVERY + 2 * (question->net->delay + port->delay + owner->delay);
    }
    g_ptr_array_add(host->questions, question);
    sim_world_set_timer(host->world, &question->timer, host->world->now + after);
}

void
sim_neighbours_drop(SimHost *host)
{
    while (host->questions->len > 0)
        take_out(host->questions->pdata[host->questions->len - 1]);
}
