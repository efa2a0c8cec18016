/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generates a random world as the text of a scenario. All decisions follow from the seed.
 */
#include "random-world.h"

#include "oracle/oracle.h"

#define MAX_MEMBERS 30
#define MAX_SITES   12
#define LAST_START  15  /* s */
#define FIRST_FAULT 60  /* s */
#define LAST_FAULT  360 /* s */
#define QUIET       420 /* s: all faults are over */
#define FLOOD       30  /* endpoints that one liar advertises about one member */

typedef enum {
    MEMBER_NATIVE,
    MEMBER_GO,
    MEMBER_BASIC,
} MemberKind;

typedef struct {
    guint32 seed;
    GRand *random;
    GString *text;
    guint n;     /* members; the hub is the first */
    guint sites; /* networks behind a NAT */
    gboolean tunnel6;
    gboolean wide;      /* the networks include prefixes that machines use for other purposes */
    gboolean two_hubs;  /* the second member is a router as well */
    gboolean full_mesh; /* every profile contains all members */
    const char *lan;    /* the first half of all addresses in the sites */
    gboolean site6[MAX_SITES];
    guint next[MAX_SITES + 1]; /* the next free address of each site, and of the internet */
    MemberKind kind[MAX_MEMBERS];
    char *place[MAX_MEMBERS]; /* its IPv4 address */
    guint free[MAX_MEMBERS];  /* s: when the member may have its next fault */
} Maker;

static guint
roll(Maker *self, guint bound)
{
    return (guint) g_rand_int_range(self->random, 0, (gint32) bound);
}

static gboolean
chance(Maker *self, double probability)
{
    return g_rand_double(self->random) < probability;
}

static void G_GNUC_PRINTF(2, 3) add_line(Maker *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(self->text, format, args);
    va_end(args);
    g_string_append_c(self->text, '\n');
}

/* ---- networks and members */

static void
make_sites(Maker *self)
{
    static const char *const kinds[] = {"full-cone", "address-restricted", "port-restricted",
                                        "port-restricted", "symmetric"};
    gboolean ipv6 = chance(self, 0.4);

    add_line(self, "network internet delay %ums jitter %ums loss %u%% reorder %u%% duplicate %u%%",
             5 + roll(self, 60), 1 + roll(self, 20), roll(self, 2), roll(self, 3), roll(self, 2));
    for (guint i = 0; i < self->sites; i++) {
        g_autofree char *outside = g_strdup_printf(" 2001:db8:ffff::%x/64", 0x1000 + i);
        g_autofree char *inside = g_strdup_printf(" 2001:db8:%x::1/64", i + 1);
        const char *kind = kinds[roll(self, G_N_ELEMENTS(kinds))];

        self->site6[i] = ipv6 && chance(self, 0.6);
        self->next[i] = 2;
        add_line(self, "network site%u", i);
        add_line(self, "nat nat%u on internet 198.51.100.%u/24%s lan site%u %s.%u.1/24%s %s%s", i,
                 i + 1, self->site6[i] ? outside : "", i, self->lan, i,
                 self->site6[i] ? inside : "", kind, chance(self, 0.3) ? " hairpin" : "");
    }
    self->site6[self->sites] = ipv6;
    self->next[self->sites] = 2;
}

/* A network and unused addresses in it, for member @i. To be freed. */
static char *
make_place(Maker *self, guint i)
{
    guint site = chance(self, 0.1) ? self->sites : roll(self, self->sites);
    guint host = self->next[site]++;
    g_autofree char *address6 = site == self->sites
                                    ? g_strdup_printf(" 2001:db8:ffff::%x/64", host)
                                    : g_strdup_printf(" 2001:db8:%x::%x/64", site + 1, host);
    const char *also = self->site6[site] ? address6 : "";

    g_free(self->place[i]);
    if (site == self->sites) {
        self->place[i] = g_strdup_printf("203.0.113.%u", host);
        return g_strdup_printf("internet %s/24%s", self->place[i], also);
    }
    self->place[i] = g_strdup_printf("%s.%u.%u", self->lan, site, host);
    return g_strdup_printf("site%u %s/24%s", site, self->place[i], also);
}

static void
make_member(Maker *self, guint i)
{
    static const char *const kinds[] = {"native", "go", "basic"};
    g_autofree char *place =
        i == 0 ? g_strdup_printf("internet 203.0.113.1/24%s",
                                 self->site6[self->sites] ? " 2001:db8:ffff::1/64" : "")
               : make_place(self, i);
    g_autofree char *tunnel6 = g_strdup_printf(" fd77::%x/64", i + 1);
    g_autofree char *late = NULL;

    if (chance(self, 0.25))
        self->kind[i] = MEMBER_GO;
    else if (i > 0 && chance(self, 0.08))
        self->kind[i] = MEMBER_BASIC;
    self->two_hubs &= self->kind[0] == MEMBER_NATIVE; /* Go daemons know nothing of fellows */
    if (i == 1 && self->two_hubs) {
        self->kind[i] = MEMBER_NATIVE;
        add_line(
            self,
            "host m1 on internet 203.0.113.250/24 tunnel 10.77.0.2/24%s port 51821 native router",
            self->tunnel6 ? tunnel6 : "");
        return;
    }
    /* Several members behind one NAT need different ports. */
    /* No draw: the worlds stay the same otherwise. */
    if (i > 0 && self->kind[i] == MEMBER_NATIVE && (self->seed + i) % 4 == 0)
        late = g_strdup_printf(" route-before-address %ums", 80 + (self->seed * 7 + i * 61) % 560);
    add_line(self, "host m%u on %s tunnel 10.77.0.%u/24%s port %u %s%s%s", i, place, i + 1,
             self->tunnel6 ? tunnel6 : "", 51820 + i, kinds[self->kind[i]], i == 0 ? " router" : "",
             late ? late : "");
}

/* The first two members are fellows, and native leaves have both as routers. Go daemons know the
 * second one by facts, basic members not at all. */
static void
make_second_hub(Maker *self)
{
    const char *shared = self->tunnel6 ? "10.77.0.0/24 fd77::/64" : "10.77.0.0/24";

    add_line(self, "profile m0\npeer m1 endpoint 203.0.113.250:51821 allowed-ips %s", shared);
    add_line(self, "profile m1\npeer m0 endpoint 203.0.113.1:51820 allowed-ips %s 10.77.0.1/32%s",
             shared, self->tunnel6 ? " fd77::1/128" : "");
    for (guint i = 2; i < self->n; i++)
        add_line(self, "peer m%u allowed-ips 10.77.0.%u/32", i, i + 1);
    for (guint i = 2; i < self->n; i++) {
        if (self->kind[i] == MEMBER_NATIVE)
            add_line(self, "profile m%u\npeer m1 endpoint 203.0.113.250:51821 allowed-ips %s", i,
                     shared);
    }
}

static void
make_profiles(Maker *self)
{
    self->full_mesh = chance(self, 0.5);
    add_line(self, "star m0 203.0.113.1:51820%s", self->full_mesh ? " full-mesh" : "");
    for (guint i = 0; self->wide && i < self->n; i++) {
        if (self->kind[i] == MEMBER_NATIVE)
            add_line(self,
                     "profile m%u networks 10.77.0.0/24 fd77::/64 172.16.0.0/12 203.0.113.1/32", i);
    }
    for (guint i = 1; i < self->n; i++) {
        if (self->kind[i] == MEMBER_BASIC)
            add_line(self, "profile m%u\npeer m0 keepalive 25", i);
    }
    if (self->two_hubs)
        make_second_hub(self);
    add_line(self, "host ghost tunnel 10.77.0.200/24 basic");
}

/* ---- faults */

/* Facts that must always be refused, from a source that is trusted with everything else. */
static void
make_forbidden(Maker *self, guint at, guint to)
{
    guint about = roll(self, self->n), site = roll(self, self->sites), ttl = 1 + roll(self, 255);
    const char *const addresses[] = {"127.0.0.1", "0.1.2.3",     "240.0.0.1",  "255.255.255.255",
                                     "224.0.0.1", "10.77.0.150", "169.254.1.1"};
    g_autofree char *prefix = NULL;

    if (chance(self, 0.2)) {
        add_line(self, "at %us advertise m0 m%u m%u endpoint %s:%u ttl %u", at, to, about,
                 addresses[roll(self, G_N_ELEMENTS(addresses))], 51820 + about, ttl);
        return;
    }
    if (chance(self, 0.3)) {
        /* The broadcast address of a network of the receiver; the receiver itself. */
        add_line(self, "at %us advertise m0 m%u m%u endpoint %s.%u.255:%u ttl %u", at, to, about,
                 self->lan, site, 51820 + about, ttl);
        add_line(self, "at %us advertise m0 m%u m%u endpoint %s:%u ttl %u", at, to, about,
                 self->place[to], 51820 + to, ttl);
        return;
    }
    switch (roll(self, 8)) {
    case 0:
        prefix = g_strdup(chance(self, 0.5) ? "0.0.0.0/0" : "128.0.0.0/1");
        break;
    case 1:
        prefix = g_strdup_printf("10.77.0.%u/32", to + 1); /* the receiver */
        break;
    case 2:
        prefix = g_strdup("8.8.8.0/24");
        break;
    case 3:
        prefix = g_strdup("203.0.113.1/32"); /* where the hub is */
        break;
    case 4:
        prefix = g_strdup(chance(self, 0.5) ? "172.20.0.53/32" : "172.20.0.0/16"); /* a server */
        break;
    case 5:
        prefix = g_strdup("172.17.3.0/24"); /* docker0 */
        break;
    default:
        prefix = g_strdup_printf("%s.%u.0/24", self->lan, site);
        break;
    }
    add_line(self, "at %us advertise m0 m%u m%u allowed-ips %s ttl %u", at, to, about, prefix, ttl);
    /* A prefix that the profile gives to another leaf. */
    if (self->full_mesh && about > 0 && about != to)
        add_line(self, "at %us advertise m0 m%u m%u allowed-ips 10.77.0.%u/32 ttl %u", at, to,
                 about, 2 + (about + 1) % (self->n - 1), ttl);
}

static void
make_flood(Maker *self, guint at, guint liar, guint about)
{
    gboolean spread = chance(self, 0.5); /* over addresses, not only ports */

    for (guint i = 0; i < FLOOD; i++)
        add_line(self, "at %us advertise m%u m0 m%u endpoint 198.51.100.%u:%u ttl 65535",
                 at + i / 10, liar, about, spread ? 99 + i : 99, 1000 + i);
}

static void
make_lie(Maker *self, guint at, guint liar)
{
    guint to = roll(self, 3) == 0 ? roll(self, self->n) : 0, about = roll(self, self->n);
    guint ttl = 1 + roll(self, 255);

    /* The hub is trusted: its facts count unless a rule refuses them. */
    if (liar == 0 || to == liar || chance(self, 0.4)) {
        to = 1 + roll(self, self->n - 1);
        if (self->kind[to] == MEMBER_NATIVE)
            make_forbidden(self, at, to);
        return;
    }
    switch (roll(self, 7)) {
    case 0:
        add_line(self, "at %us advertise m%u m%u m%u endpoint 198.51.100.99:%u ttl %u", at, liar,
                 to, about, 1 + roll(self, 60000), ttl);
        break;
    case 1:
        add_line(self, "at %us advertise m%u m%u m%u allowed-ips %s ttl %u", at, liar, to, about,
                 chance(self, 0.5) ? "0.0.0.0/0" : "10.77.0.0/25", ttl);
        break;
    case 2:
        add_line(self, "at %us advertise m%u m%u m%u allowed-ips 10.77.0.%u/32 ttl %u", at, liar,
                 to, about, 1 + roll(self, self->n), ttl);
        break;
    case 3:
        add_line(self, "at %us advertise m%u m%u ghost member ghost ttl %u", at, liar, to, ttl);
        break;
    case 4:
        add_line(self, "at %us advertise m%u m%u m%u alive ttl %u", at, liar, to, about, ttl);
        break;
    case 5:
        make_flood(self, at, liar, about);
        break;
    default:
        add_line(self, "at %us advertise m%u m%u m%u endpoint 127.0.0.1:%u ttl %u", at, liar, to,
                 about, roll(self, 60000), ttl);
        break;
    }
}

/* Two events of one member. */
static void
make_pair(Maker *self, guint at, guint until, guint i, const char *begin, const char *end)
{
    add_line(self, "at %us %s m%u", at, begin, i);
    add_line(self, "at %us %s m%u", until, end, i);
}

static void
make_move(Maker *self, guint at, guint until, guint i)
{
    g_autofree char *place = make_place(self, i);

    if (chance(self, 0.5)) {
        add_line(self, "at %us attach m%u %s", at, i, place);
        return;
    }
    add_line(self, "at %us detach m%u", at, i);
    add_line(self, "at %us attach m%u %s", until, i, place);
}

static void
make_fault_of(Maker *self, guint at, guint until, guint i)
{
    gboolean basic = self->kind[i] == MEMBER_BASIC;
    guint other = roll(self, self->n);

    switch (roll(self, basic ? 4 : 10)) {
    case 0:
    case 1:
        if (i > 0)
            make_move(self, at, until, i);
        break;
    case 2:
        make_pair(self, at, until, i, "sleep", "wake");
        break;
    case 3:
        make_pair(self, at, until, i, "power-off", "start");
        break;
    case 4:
        make_pair(self, at, until, i, "stop", "start");
        break;
    case 5:
        make_pair(self, at, until, i, "crash", "start");
        break;
    case 6:
        add_line(self, "at %us cut m%u all", at, i);
        add_line(self, "at %us mend m%u all", until, i);
        break;
    case 7:
        if (other == i)
            break;
        add_line(self, "at %us cut m%u%s m%u", at, i, chance(self, 0.3) ? " ->" : "", other);
        add_line(self, "at %us mend m%u m%u", until, i, other);
        break;
    case 8:
        /* A Go daemon relies on the age of a handshake after a clock jump, and its WireGuard drops
         * an initiation older than the last handshake as a replay. */
        if (self->kind[i] != MEMBER_NATIVE)
            break;
        add_line(self, "at %us clock m%u %s %um", at, i,
                 self->kind[0] == MEMBER_NATIVE && chance(self, 0.5) ? "back" : "forward",
                 1 + roll(self, 120));
        break;
    case 9:
        if (self->kind[i] == MEMBER_NATIVE)
            add_line(self, "at %us delete-link m%u", at, i);
        break;
    }
}

/* Interfaces of the machine besides its uplink. */
static void
make_environment(Maker *self, guint at, guint until, guint i)
{
    if (chance(self, 0.5)) {
        add_line(self, "at %us protected-hosts m%u 172.20.0.1 172.20.0.53", at, i);
        if (chance(self, 0.5))
            add_line(self, "at %us protected-hosts m%u", until, i);
        return;
    }
    add_line(self, "at %us attach m%u docker0 bridge%u 172.17.0.1/16", at, i, i);
    if (chance(self, 0.5))
        add_line(self, "at %us detach m%u docker0", until, i);
}

static void
make_fault(Maker *self, guint at)
{
    guint until = at + 1 + roll(self, 50), i = roll(self, self->n);

    if (chance(self, 0.25)) {
        make_lie(self, at, i);
    } else if (chance(self, 0.1) && self->kind[i] == MEMBER_NATIVE) {
        make_environment(self, at, until, i);
    } else if (chance(self, 0.05)) {
        add_line(self, "at %us nat nat%u flush", at, roll(self, self->sites));
    } else if (chance(self, 0.03)) {
        add_line(self, "at %us network internet loss 25%%", at);
        add_line(self, "at %us network internet loss 0%%", until);
    } else if (self->free[i] <= at) {
        self->free[i] = until + 1;
        make_fault_of(self, at, until, i);
    }
}

char *
random_world_new(guint32 seed)
{
    Maker self = {.seed = seed, .random = g_rand_new_with_seed(seed), .text = g_string_new(NULL)};
    guint faults;

    self.n = 3 + (chance(&self, 0.9) ? roll(&self, 8) : roll(&self, MAX_MEMBERS - 2));
    self.sites = 1 + roll(&self, self.n);
    self.sites = MIN(self.sites, MAX_SITES);
    self.tunnel6 = chance(&self, 0.5);
    self.wide = chance(&self, 0.4);
    self.lan = self.wide ? "172.18" : "192.168";
    faults = roll(&self, 2 * self.n + 2);
    add_line(&self, "title random world %u", seed);
    make_sites(&self);
    /* No draw: the worlds without a second router stay the same. */
    self.two_hubs = seed % 4 == 3 && self.n > 3;
    for (guint i = 0; i < self.n; i++) {
        add_line(&self, "network bridge%u", i);
        make_member(&self, i);
    }
    make_profiles(&self);
    add_line(&self, "properties quiet %us", QUIET);
    for (guint i = 0; i < self.n; i++)
        add_line(&self, "at %ums start m%u", roll(&self, LAST_START * 1000), i);
    /* Sorted by time, so that a fault of a member ends before its next one. */
    for (guint i = 0; i < faults; i++)
        make_fault(&self, FIRST_FAULT + i * (LAST_FAULT - FIRST_FAULT) / faults);
    add_line(&self, "at %us network internet loss 0%% duplicate 0%% reorder 0%%", QUIET);
    add_line(&self, "ends %us", QUIET + (guint) ((ORACLE_SETTLED + ORACLE_QUIET) / SIM_SEC(1)));
    for (guint i = 0; i < self.n; i++)
        g_free(self.place[i]);
    g_rand_free(self.random);
    return g_string_free(self.text, FALSE);
}
