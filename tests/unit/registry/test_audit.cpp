#include <cstdio>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::TempFolder;

namespace {

AuditEntry entry(std::string subject) {
    AuditEntry result;
    result.time = *parse_utc("2026-11-21T18:30:00Z");
    result.user = "root@admin";
    result.action = "keystore update";
    result.subject = std::move(subject);
    result.result = "updated";
    return result;
}

struct Log {
    Log() : site(Site::create(temp / "site")) {}
    std::vector<std::string> lines() const {
        std::vector<std::string> result = split(read_text_file(site.audit_log(), std::size_t{64} << 20U), '\n');
        REQUIRE(result.back().empty());
        result.pop_back();
        return result;
    }

    TempFolder temp;
    Site site;
};

// What coreutils says of line `number` (from 1) of the log: the check that docs/site.md describes.
std::string sha256sum_of_line(const Path& file, std::size_t number) {
    const std::string command =
        "sed -n " + std::to_string(number) + "p " + shell_quoted(file.string()) + " | sha256sum";
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char digits[65] = {};
    const std::size_t count = std::fread(digits, 1, 64, pipe);
    REQUIRE(::pclose(pipe) == 0);
    return {digits, count};
}

std::string previous_of(const std::string& line) {
    const std::string field = "\"previous\":\"";
    const auto at = line.find(field);
    REQUIRE(at != std::string::npos);
    return line.substr(at + field.size(), 64);
}

void check_chain(const Log& log) {
    const auto lines = log.lines();
    CHECK(previous_of(lines.at(0)) == std::string(64, '0'));
    for (std::size_t i = 1; i < lines.size(); ++i)
        CHECK(previous_of(lines[i]) == sha256sum_of_line(log.site.audit_log(), i));
}

}  // namespace

TEST_CASE("an audit line says who did what, and leaves out what there is not", "[registry][audit]") {
    const Log log;
    append_audit(log.site, entry("berlin"));
    CHECK(log.lines() ==
          std::vector<std::string>{R"({"time":"2026-11-21T18:30:00Z","user":"root@admin","action":"keystore update",)"
                                   R"("subject":"berlin","result":"updated","previous":")" +
                                   std::string(64, '0') + "\"}"});
    AuditEntry full = entry("berlin");
    full.old_fingerprint = Fingerprint();
    full.new_fingerprint = Fingerprint();
    full.reason = "line one\nline two \xff";
    append_audit(log.site, full);
    const std::string second = log.lines().at(1);
    CHECK(second.find(R"("old_fingerprint_sha256":"00:00:)") != std::string::npos);
    CHECK(second.find(R"("new_fingerprint_sha256":"00:00:)") != std::string::npos);
    CHECK(second.find(R"("reason":"line one\nline two )") != std::string::npos);
}

TEST_CASE("each audit line holds what sha256sum says of the line before", "[registry][audit]") {
    const Log log;
    for (int i = 0; i < 5; ++i) append_audit(log.site, entry("gateway " + std::to_string(i)));
    append_audit(log.site, entry(std::string(100'000, 'x')));
    append_audit(log.site, entry("after a long line"));
    append_audit(log.site, std::vector{entry("together"), entry("with this one")});
    append_audit(log.site, std::vector<AuditEntry>{});
    CHECK(log.lines().size() == 9);
    check_chain(log);
}

TEST_CASE("a changed audit line breaks the chain", "[registry][audit]") {
    const Log log;
    for (int i = 0; i < 3; ++i) append_audit(log.site, entry("berlin"));
    std::string content = read_text_file(log.site.audit_log(), 1U << 20U);
    content.replace(content.find("updated"), 7, "UPDATED");
    std::ofstream(log.site.audit_log()) << content;
    CHECK(previous_of(log.lines().at(1)) != sha256sum_of_line(log.site.audit_log(), 1));
}

TEST_CASE("a torn last audit line is cut off and no link of the chain", "[registry][audit]") {
    const Log log;
    SECTION("after whole lines") { append_audit(log.site, entry("berlin")); }
    SECTION("as the only one") {}
    std::ofstream(log.site.audit_log(), std::ios::app) << R"({"time":"2026-11-)";
    append_audit(log.site, entry("hamburg"));
    check_chain(log);
    CHECK(log.lines().back().find("hamburg") != std::string::npos);
}

TEST_CASE("eight writers make one chain", "[registry][audit]") {
    const Log log;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 8; ++writer) {
        writers.emplace_back([&log, writer] {
            for (int i = 0; i < 5; ++i) append_audit(log.site, entry("writer " + std::to_string(writer)));
        });
    }
    for (std::thread& writer : writers) writer.join();
    CHECK(log.lines().size() == 40);
    check_chain(log);
}
