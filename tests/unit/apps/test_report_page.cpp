#include <catch2/catch.hpp>

#include "apps/umsadm/report_page.hpp"
#include "unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using namespace umsadm::app;
using Catch::Matchers::Contains;
using umsadm::test::k_now;
using umsadm::test::TestSite;

namespace {

struct Scene {
    TestSite site;
    SiteStatus status;
    LatestDeployments deployments;
    std::string title = "Example";

    Scene() { status.time = k_now; }

    GatewayStatus& gateway(const std::string& name, ServedState state, int days_left) {
        if (site.items.empty()) site.add_root("Root");
        GatewayStatus& gateway = status.gateways.emplace_back();
        gateway.name = name;
        gateway.endpoint = name + ".example.com:8443";
        gateway.state = state;
        gateway.certificate = site.add_leaf(name, 1, "Root", "a.example.com", std::chrono::days(days_left)).certificate;
        gateway.certificate_name = name + "@1";
        gateway.installed = gateway.certificate->fingerprint();
        gateway.installed_name = gateway.certificate_name;
        return gateway;
    }

    std::string page() const { return report_page({status, deployments, title, "/srv/site", "umsadm 1"}); }
};

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a page refers to nothing outside of it, has no script, and says so to the browser", "[report]") {
    Scene scene;
    scene.gateway("berlin", ServedState::as_installed, 300);
    const std::string page = scene.page();
    CHECK_THAT(page, Contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
                              "style-src &#39;unsafe-inline&#39;;"));
    for (const char* const part :
         {"http:", "https:", "src=", "url(", "@import", "<script", "<link", "<img", "onclick"}) {
        INFO(part);
        CHECK(page.find(part) == std::string::npos);
    }
}

TEST_CASE("whatever somebody called a thing, on the page it is text", "[report]") {
    const std::string evil = "<script>alert(1)</script>\"'\u202e\x1b&";
    Scene scene;
    GatewayStatus& gateway = scene.gateway("x", ServedState::differs, 10);
    gateway.name = gateway.endpoint = gateway.certificate_name = gateway.installed_name = evil;
    gateway.served = gateway.certificate->fingerprint();
    gateway.labels = {{evil, evil}};
    gateway.group = evil;
    scene.status.servers = {{evil, evil, true, UmsIdStatus::unknown, std::nullopt, k_now}};
    scene.status.remarks = {{"gateway", evil, {Severity::error, "served-differs", evil}, false, evil}};
    scene.deployments.items.emplace_back();
    DeploymentRecord& record = scene.deployments.items.front();
    record.gateway = record.user = record.before_name = record.after_name = record.reason = record.error = evil;
    scene.title = evil;
    const std::string page = scene.page();
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find('\x1b') == std::string::npos);
    CHECK(page.find("\u202e") == std::string::npos);
    CHECK(count(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;\\u202e\\x1b&amp;") >= 19);
}

TEST_CASE("what needs attention comes first, the same kind together, and many are folded", "[report]") {
    Scene scene;
    for (int number = 0; number < 20; ++number) {
        scene.status.remarks.push_back({"gateway",
                                        "gw" + std::to_string(number),
                                        {Severity::error, "not-served", "it serves nothing"},
                                        false,
                                        ""});
    }
    scene.status.remarks.push_back(
        {"ums-id", "", {Severity::warning, "not-registered", "another"}, false, "umsadm id show"});
    const std::string page = scene.page();
    CHECK_THAT(page, Contains("20 errors and 1 warning need attention"));
    CHECK_THAT(page, Contains("<span class=\"count\">20 gateways</span>"));
    CHECK_THAT(page, Contains("<summary>12 more</summary>"));
    CHECK_THAT(page, Contains("<code>umsadm id show</code>"));
    CHECK(page.find("not-served") < page.find("not-registered"));
}

TEST_CASE("a gateway that needs attention stands before the others, which are folded when they are many", "[report]") {
    Scene scene;
    for (int number = 10; number < 30; ++number) {
        scene.gateway("good" + std::to_string(number), ServedState::as_installed, 300);
    }
    scene.gateway("zurich", ServedState::differs, 300);
    scene.status.remarks = {{"gateway", "zurich", {Severity::error, "served-differs", "it differs"}, false, ""}};
    const std::string page = scene.page();
    const std::string part = page.substr(page.find("id=\"gateways\""));
    CHECK(part.find("<bdi>zurich</bdi>") < part.find("<bdi>good10</bdi>"));
    CHECK_THAT(part, Contains("<summary>20 gateways that need no attention</summary>"));
    CHECK_THAT(part, Contains("as installed: 20"));
    CHECK_THAT(part, Contains("differs: 1"));
}

TEST_CASE("labels and the group of a gateway stand below its name, and nothing where it has none", "[report]") {
    Scene scene;
    scene.gateway("berlin", ServedState::as_installed, 300).labels = {{"ring", "1"}, {"site", "berlin"}};
    scene.status.gateways.back().group = "pair";
    scene.gateway("munich", ServedState::as_installed, 300);
    const std::string page = scene.page();
    CHECK_THAT(page, Contains("berlin.example.com:8443</bdi></small> <small class=\"labels\">"
                              "<span><bdi>ring=1</bdi></span> <span><bdi>site=berlin</bdi></span> "
                              "<span>group <bdi>pair</bdi></span></small></th>"));
    CHECK_THAT(page, Contains("munich.example.com:8443</bdi></small></th>"));
}

TEST_CASE("the timeline of hundreds has a few rows, and of one a row", "[report]") {
    const auto bars = [](int gateways) {
        Scene scene;
        for (int number = 0; number < gateways; ++number) {
            scene.gateway("gw" + std::to_string(number), ServedState::as_installed, 20 + number * 2);
        }
        return count(scene.page(), "role=\"img\"");
    };
    CHECK(bars(0) == 0);
    CHECK(bars(1) == 1);
    CHECK(bars(150) <= 24);
}

TEST_CASE("what has ended, ends soon and lasts looks and reads differently", "[report]") {
    Scene scene;
    scene.gateway("ended", ServedState::as_installed, 1);
    scene.gateway("soon", ServedState::as_installed, 20);
    scene.gateway("lasts", ServedState::as_installed, 300);
    scene.status.time = k_now + std::chrono::days(3);
    const std::string page = scene.page();
    CHECK_THAT(page, Contains("<td class=\"number left\">2 days ago</td>"));
    CHECK_THAT(page, Contains("<td class=\"number left\">17 days</td>"));
    CHECK_THAT(page, Contains("<td class=\"number left\">297 days</td>"));
    CHECK_THAT(page, Contains("<tr class=\"bad\">"));
    CHECK_THAT(page, Contains("<tr class=\"warning\">"));
    CHECK_THAT(page, Contains("<tr class=\"good\">"));
    CHECK_THAT(page, Contains("<title>soon, soon@1: 2026-11-2"));
}

TEST_CASE("an empty site has a page that says so", "[report]") {
    const std::string page = Scene().page();
    CHECK_THAT(page, Contains("The site has neither a gateway nor a server yet"));
    CHECK_THAT(page, Contains("No certificate is known yet."));
    CHECK_THAT(page, Contains("Nothing was deployed yet."));
}

TEST_CASE("the matrix has one mark for each server, with a word for who does not see it", "[report]") {
    Scene scene;
    scene.status.servers = {{"ums1", "h", true, UmsIdStatus::main, std::nullopt, k_now},
                            {"ums2", "h", false, UmsIdStatus::restart_needed, std::nullopt, k_now},
                            {"ums3", "h", std::nullopt, UmsIdStatus::unknown, std::nullopt, std::nullopt}};
    const std::string page = scene.page();
    CHECK(count(page, "class=\"mark here\"") == 3);
    CHECK(count(page, "<span class=\"unseen\">yes</span>") == 3);
    CHECK_THAT(page, Contains("<td class=\"mark here\" data-label=\"Not in sync, please restart server\">"));
    CHECK_THAT(page, Contains("<span>Not running</span>"));
    CHECK_THAT(page, Contains("<span>never asked</span>"));
}
