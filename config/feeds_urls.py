"""Addresses for programs, without a language: feeds, the calendar, maps of the site."""

from django.urls import path
from django.views.decorators.http import require_safe

from config import calendars, feeds, site, sitemaps

urlpatterns = [
    path("feeds/agreements.atom", require_safe(feeds.AgreementsFeed()), name="feed_agreements"),
    path("feeds/proposals.atom", require_safe(feeds.ProposalsFeed()), name="feed_proposals"),
    path("feeds/progress.atom", require_safe(feeds.ProgressFeed()), name="feed_progress"),
    path("calendar.ics", calendars.calendar, name="calendar"),
    path("calendar/<str:key>.ics", calendars.my_calendar, name="my_calendar"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(".well-known/security.txt", site.security_txt, name="security_txt"),
]
