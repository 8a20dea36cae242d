#include <catch2/catch.hpp>

#include "umsadm/jobs/sync_ums_id.hpp"

#include "unit/error_of.hpp"
#include "unit/jobs/ums_id_fixture.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::make_ums_id;

namespace {

const UmsId& site_id() {
    static const UmsId made = make_ums_id();
    return made;
}
const Fingerprint& site_fingerprint() { return site_id().certificate.fingerprint(); }

// The UMS IDs that servers had before.
Fingerprint local(std::uint8_t number) {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = number;
    return Fingerprint(bytes);
}

ServerUmsId has(const std::optional<Fingerprint>& fingerprint, bool restart_pending = false) {
    return {fingerprint, std::nullopt, restart_pending};
}
ServerUmsId has_main(bool restart_pending = false) { return has(site_fingerprint(), restart_pending); }

// A UMS of a main server "ums1" and others.
struct Ums {
    Ums& main(std::optional<ServerUmsId> seen, UmsIdStoreKind store = UmsIdStoreKind::umsadmin_cli) {
        servers.push_back({"ums1", true, store, std::move(seen)});
        return *this;
    }
    Ums& other(const std::string& name, std::optional<ServerUmsId> seen,
               UmsIdStoreKind store = UmsIdStoreKind::umsadmin_cli) {
        servers.push_back({name, false, store, std::move(seen)});
        return *this;
    }
    std::vector<SyncServer> servers;
};

SyncRequest request() { return {.main = site_id(), .only = {}, .replace_main = {}, .registered = {}}; }

SyncRequest without_key() {
    SyncRequest result = request();
    result.main.key.reset();
    return result;
}

std::string text_of(SyncAction action) {
    switch (action) {
        case SyncAction::none: return "none";
        case SyncAction::restart: return "restart";
        case SyncAction::restart_by_hand: return "restart by hand";
        case SyncAction::replace: return "replace";
        case SyncAction::unknown: break;
    }
    return "unknown";
}

// "ums1 none, ums2 replace"
std::string plan_text(const SyncRequest& wanted, const Ums& ums) {
    std::string text;
    for (const SyncItem& item : plan_sync(wanted, ums.servers).items) {
        text += (text.empty() ? "" : ", ") + item.server + " " + text_of(item.action);
    }
    return text;
}

Error refusal(const SyncRequest& wanted, const Ums& ums) {
    return error_of([&] { (void)plan_sync(wanted, ums.servers); });
}

constexpr UmsIdStoreKind k_file = UmsIdStoreKind::file;

}  // namespace

TEST_CASE("a sync replaces what differs, the main server first, and leaves what is right", "[jobs][ums-id]") {
    const Ums ums =
        Ums().other("ums3", has(local(3))).other("ums2", has_main()).other("ums4", has(std::nullopt)).main(has_main());
    CHECK(plan_text(request(), ums) == "ums1 none, ums2 none, ums3 replace, ums4 replace");
    const SyncPlan plan = plan_sync(request(), ums.servers);
    CHECK(plan.changes_anything());
    CHECK(plan.items[2].old_fingerprint == local(3));
    CHECK_FALSE(plan.items[3].old_fingerprint);
}

TEST_CASE("a sync of servers that are in sync changes nothing", "[jobs][ums-id]") {
    const SyncPlan plan = plan_sync(request(), Ums().main(has_main()).other("ums2", has_main()).servers);
    CHECK_FALSE(plan.changes_anything());
    CHECK(plan.source_for_cli == SyncSource::none);
    CHECK(plan.source_for_file == SyncSource::none);
}

TEST_CASE("a server that was given the Main UMS ID before is restarted only when that is wanted", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has_main(true)).other("ums2", has_main(true)).other("ums3", has_main());
    CHECK(plan_text(request(), ums) == "ums1 restart by hand, ums2 restart by hand, ums3 none");
    CHECK_FALSE(plan_sync(request(), ums.servers).changes_anything());
    SyncRequest restart = request();
    restart.restart = true;
    CHECK(plan_text(restart, ums) == "ums1 restart, ums2 restart, ums3 none");
    CHECK(plan_sync(restart, ums.servers).changes_anything());
}

TEST_CASE("a server that cannot be asked is left alone", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has_main()).other("ums2", std::nullopt).other("ums3", has(local(3)));
    CHECK(plan_text(request(), ums) == "ums1 none, ums2 unknown, ums3 replace");
}

TEST_CASE("a sync of some servers leaves the others alone", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has_main()).other("ums2", has(local(2))).other("ums3", has(local(3)));
    SyncRequest some = request();
    some.only = {"ums3"};
    CHECK(plan_text(some, ums) == "ums3 replace");
    some.only = {"ums3", "ums9"};
    CHECK(refusal(some, ums).code() == Code::not_found);
    CHECK(refusal(some, ums).message() == "there is no server \"ums9\"");
}

TEST_CASE("a stale or fresh site does not overwrite the UMS ID of the main server", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has(local(1))).other("ums2", has(local(1)));
    const Error error = refusal(request(), ums);
    CHECK(error.code() == Code::refused);
    CHECK(error.message() == "the main server \"ums1\" has another UMS ID than the site: " + local(1).to_string());
    CHECK(error.hint().find("umsadm id adopt ums1") != std::string::npos);
    CHECK(error.hint().find("--replace-main " + local(1).to_string()) != std::string::npos);
}

TEST_CASE("a main server with another UMS ID stops a sync of other servers, too", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has(local(1))).other("ums2", has(local(2)));
    SyncRequest only_other = request();
    only_other.only = {"ums2"};
    CHECK(refusal(only_other, ums).code() == Code::refused);
}

TEST_CASE("the UMS ID of the main server is replaced only when it is named exactly", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has(local(1))).other("ums2", has(local(1)));
    SyncRequest named = request();
    named.replace_main = local(2);
    CHECK(refusal(named, ums).code() == Code::refused);
    named.replace_main = local(1);
    CHECK(plan_text(named, ums) == "ums1 replace, ums2 replace");
    // Again, after it was done.
    CHECK(plan_text(named, Ums().main(has_main()).other("ums2", has(local(1)))) == "ums1 none, ums2 replace");
}

TEST_CASE("--force does not stand for --replace-main", "[jobs][ums-id]") {
    SyncRequest forced = request();
    forced.force = true;
    CHECK(refusal(forced, Ums().main(has(local(1)))).code() == Code::refused);
}

TEST_CASE("nobody is changed while the main server cannot be asked", "[jobs][ums-id]") {
    const Error error = refusal(request(), Ums().main(std::nullopt).other("ums2", has(local(2))));
    CHECK(error.code() == Code::unreachable);
    CHECK(error.message().find("the main server \"ums1\" could not be asked") == 0);
    // With nothing to change for anybody else, that is no reason to fail.
    SyncRequest restart = request();
    restart.restart = true;
    CHECK(plan_text(restart, Ums().main(std::nullopt).other("ums2", has_main(true))) == "ums1 unknown, ums2 restart");
}

TEST_CASE("a main server without a UMS ID gets it before the others do", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has(std::nullopt)).other("ums2", has(local(2)));
    CHECK(plan_text(request(), ums) == "ums1 replace, ums2 replace");
    SyncRequest only_other = request();
    only_other.only = {"ums2"};
    CHECK(refusal(only_other, ums).code() == Code::refused);
    CHECK(refusal(only_other, ums).message() == "the main server \"ums1\" has no UMS ID");
}

TEST_CASE("servers without a main one are not synchronised", "[jobs][ums-id]") {
    const Error error = refusal(request(), Ums().other("ums2", has_main()));
    CHECK(error.code() == Code::refused);
    CHECK(error.hint() == "name it with \"umsadm server edit NAME --main\"");
}

TEST_CASE("a registered UMS ID is replaced only with --force", "[jobs][ums-id]") {
    const Ums ums = Ums().main(has(local(1))).other("ums2", has(local(2)));
    SyncRequest wanted = request();
    wanted.replace_main = local(1);
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        wanted.registered = local(number);
        const Error error = refusal(wanted, ums);
        CHECK(error.code() == Code::refused);
        CHECK(error.message() ==
              "the server \"ums" + std::to_string(number) +
                  "\" has the UMS ID that is registered in the license portal: " + local(number).to_string());
    }
    wanted.force = true;
    CHECK(plan_text(wanted, ums) == "ums1 replace, ums2 replace");
    // One that nobody has, or the site's own, is in nobody's way.
    wanted.force = false;
    wanted.registered = local(9);
    CHECK(plan_text(wanted, ums) == "ums1 replace, ums2 replace");
    wanted.registered = site_fingerprint();
    CHECK(plan_text(wanted, ums) == "ums1 replace, ums2 replace");
}

TEST_CASE("a registered UMS ID on a server that is not selected stops nothing", "[jobs][ums-id]") {
    SyncRequest wanted = request();
    wanted.registered = local(3);
    wanted.only = {"ums2"};
    const Ums ums = Ums().main(has_main()).other("ums2", has(local(2))).other("ums3", has(local(3)));
    CHECK(plan_text(wanted, ums) == "ums2 replace");
}

TEST_CASE("what the servers get comes from the main server or from the site", "[jobs][ums-id]") {
    struct Case {
        std::string what;
        SyncRequest wanted;
        Ums ums;
        SyncSource for_cli;
        SyncSource for_file;
    };
    SyncRequest replace_main = request();
    replace_main.replace_main = local(1);
    const std::vector<Case> cases{
        {"the vendor's own backup for the vendor's program", request(),
         Ums().main(has_main()).other("ums2", has(local(2))), SyncSource::main_server, SyncSource::none},
        {"the same without the site's key", without_key(), Ums().main(has_main()).other("ums2", has(local(2))),
         SyncSource::main_server, SyncSource::none},
        {"a main server that gets it itself has no backup of it", replace_main,
         Ums().main(has(local(1))).other("ums2", has(local(2))), SyncSource::site, SyncSource::none},
        {"files are made from the site's key", request(), Ums().main(has_main()).other("ums2", has(local(2)), k_file),
         SyncSource::none, SyncSource::site},
        {"or, without it, from what the main server gives away", without_key(),
         Ums().main(has_main()).other("ums2", has(local(2)), k_file), SyncSource::none, SyncSource::main_server},
        {"both kinds of stores", request(),
         Ums().main(has_main()).other("ums2", has(local(2)), k_file).other("ums3", has(local(3))),
         SyncSource::main_server, SyncSource::site},
        {"a main server with a file has no backup of the vendor", request(),
         Ums().main(has_main(), k_file).other("ums2", has(local(2))), SyncSource::site, SyncSource::none},
        {"but its file is all there is without the site's key", without_key(),
         Ums().main(has_main(), k_file).other("ums2", has(local(2))), SyncSource::main_server, SyncSource::none},
    };
    for (const Case& one : cases) {
        INFO(one.what);
        const SyncPlan plan = plan_sync(one.wanted, one.ums.servers);
        CHECK(plan.source_for_cli == one.for_cli);
        CHECK(plan.source_for_file == one.for_file);
    }
}

TEST_CASE("a Main UMS ID whose key nobody has cannot be given to anybody", "[jobs][ums-id]") {
    SyncRequest wanted = without_key();
    wanted.replace_main = local(1);
    for (const UmsIdStoreKind store : {UmsIdStoreKind::umsadmin_cli, UmsIdStoreKind::file}) {
        const Error error = refusal(wanted, Ums().main(has(local(1)), store));
        CHECK(error.code() == Code::refused);
        CHECK(error.message().find("without its private key") != std::string::npos);
        CHECK(error.hint().find("umsadm id restore") != std::string::npos);
    }
}
