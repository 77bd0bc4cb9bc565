# Stands in for the SlicerConfig.cmake of a Slicer build: what an extension may use of it, with the same sanity checks
# and the same install layout, but without Slicer. Every call is recorded in ${SOS_RECORD_DIR}, for the tests to read.
set(Slicer_VERSION "5.12")
set(Slicer_USE_PYTHONQT ON)
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "lib/Slicer-${Slicer_VERSION}/qt-scripted-modules")
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR "${Slicer_QTSCRIPTEDMODULES_LIB_DIR}")
set(Slicer_SHARE_DIR "share/Slicer-${Slicer_VERSION}")

set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/GenerateConfig.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/ExtensionCPack.cmake")

if(NOT SOS_RECORD_DIR)
  message(FATAL_ERROR "Give the folder for the record of macro calls: -DSOS_RECORD_DIR=...")
endif()
