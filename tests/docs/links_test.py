#!/usr/bin/env python3
"""Every link within the repository leads to a file, and to a heading of it."""

import unittest

import pages


class LinksTest(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        count = 0
        for page in pages.all_pages():
            for link in pages.links(page):
                if "://" in link or link.startswith("mailto:"):
                    continue
                count += 1
                path, _, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                with self.subTest(page=str(page.relative_to(pages.ROOT)), link=link):
                    self.assertTrue(target.exists())
                    if anchor and target.suffix == ".md":
                        self.assertIn(anchor, pages.anchors(target))
        self.assertGreater(count, 100, "links were not found")


if __name__ == "__main__":
    unittest.main()
