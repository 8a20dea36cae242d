#include <catch2/catch.hpp>

#include "umsadm/deploy/plan.hpp"

using namespace umsadm;

namespace {

UpdatePlan some_plan() {
    UpdatePlan plan;
    plan.gateway = "berlin";
    plan.facts.run = "0123456789abcdef";
    plan.facts.live_path = "/opt/IGEL/icg/usg/keys/keystore.jks";
    plan.facts.staged_path = staged_path(plan.facts.live_path, plan.facts.run);
    plan.facts.backup_path = backup_path(plan.facts.live_path, *parse_utc("2026-11-21T18:30:00Z"), plan.facts.run);
    plan.facts.old_digest = "aa";
    plan.facts.new_digest = "bb";
    plan.new_keystore = Bytes(321);
    plan.endpoint = {"icg.example.com", 8443};
    plan.restart_command = default_restart_command(true);
    return plan;
}

bool any_has(const std::vector<std::string>& lines, std::string_view text) {
    for (const std::string& line : lines) {
        if (line.find(text) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("names beside the keystore carry the run and are told apart", "[deploy][plan]") {
    const UpdatePlan plan = some_plan();
    CHECK(plan.facts.staged_path == "/opt/IGEL/icg/usg/keys/.keystore.jks.umsadm-0123456789abcdef.new");
    CHECK(plan.facts.backup_path == "/opt/IGEL/icg/usg/keys/keystore.jks.umsadm-20261121T183000Z-0123456789abcdef.bak");
    CHECK(staged_path("/k", "1") == "/.k.umsadm-1.new");
    CHECK(default_restart_command(false) == "/etc/init.d/tomcat restart");
    CHECK(default_restart_command(true) == "systemctl restart icg-server.service");
}

TEST_CASE("describe_plan says every step that will be taken, and no other", "[deploy][plan]") {
    UpdatePlan plan = some_plan();
    const auto all = describe_plan(plan);
    for (const std::string& text :
         {std::string("/opt/IGEL/icg/usg/keys/"), std::string("back up keystore.jks as keystore.jks.umsadm-2026"),
          plan.restart_command, std::string("icg.example.com:8443"), std::string("321 bytes")}) {
        CAPTURE(text);
        CHECK(any_has(all, text));
    }
    CHECK(any_has(all, "put the backup back"));
    CHECK(any_has(all, "keep the newest 3 backups"));

    plan.facts.verify = false;
    CHECK(any_has(describe_plan(plan), "systemctl restart"));
    CHECK_FALSE(any_has(describe_plan(plan), "verify within"));
    plan.facts.restart = false;
    CHECK_FALSE(any_has(describe_plan(plan), "systemctl restart"));

    UpdatePlan restart = some_plan();
    restart.facts.action = RunAction::restart;
    CHECK_FALSE(any_has(describe_plan(restart), "upload"));
    CHECK_FALSE(any_has(describe_plan(restart), "back up"));
    CHECK(any_has(describe_plan(restart), "systemctl restart"));
    CHECK(any_has(describe_plan(restart), "verify within 90 s"));
}
