from tests.claims.views.conftest import door as door
